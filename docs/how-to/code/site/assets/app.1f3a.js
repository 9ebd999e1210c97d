document.querySelector("h1").textContent = `This is ${location.pathname}`;
