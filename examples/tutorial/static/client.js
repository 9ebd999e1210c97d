const $ = (id) => document.getElementById(id);

let socket = null;

function chosenPath() {
  return new FormData($("door")).get("path");
}

function show(state, text) {
  const open = state === "open";
  $("status").dataset.state = state;
  $("status").textContent = text;
  $("message").disabled = $("send").disabled = !open;
  $("disconnect").disabled = socket === null;
  $("connect").textContent = state === "closed" ? "Connect" : "Reconnect";
}

function say(who, text, kind = "") {
  const line = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = who;
  line.className = kind;
  line.append(name, text);
  $("log").append(line);
  $("log").scrollTop = $("log").scrollHeight;
}

function connect() {
  leave();
  const path = chosenPath();
  const address = new URL(path, location.href.replace(/^http/, "ws"));
  const mine = (socket = new WebSocket(address));
  show("connecting", `Connecting to ${path} …`);

  // A socket that has been replaced may still have something to say: nobody listens.
  const listen = (event, act) =>
    mine.addEventListener(event, (detail) => mine === socket && act(detail));

  listen("open", () => {
    if (path === "/reports") mine.send($("token").value);
    show("open", `Connected to ${path}`);
    $("message").focus();
  });
  listen("message", ({ data }) => hear(data));
  listen("close", ({ code, reason }) => {
    socket = null;
    show(code === 1000 ? "closed" : "lost", farewell(code, reason));
  });
}

function leave() {
  const old = socket;
  socket = null;
  old?.close(1000);
}

function hear(data) {
  const answer = JSON.parse(data);
  if (answer.error) {
    say("Server", `${answer.error}; known are: ${answer.known.join(", ")}`, "bad");
  } else if (answer.report) {
    say(`Report “${answer.name}”`, answer.report);
  } else {
    say(`Server, ${new Date(answer.date).toLocaleTimeString()}`, answer.message);
  }
}

function farewell(code, reason) {
  if (code === 1006) return "The server cannot be reached, or has gone away (1006)";
  return reason ? `Closed by the server: ${reason} (${code})` : `Closed by the server (${code})`;
}

function choose() {
  const reports = chosenPath() === "/reports";
  $("token-field").hidden = !reports;
  $("speak-label").textContent = reports ? "Name of a report" : "Message";
  leave();
  show("closed", "Not connected");
  if (reports) $("token").focus();
  else connect();
}

$("door").addEventListener("change", ({ target }) => target.name === "path" && choose());
$("door").addEventListener("submit", (event) => {
  event.preventDefault();
  connect();
});
$("disconnect").addEventListener("click", () => {
  leave();
  show("closed", "Not connected");
});
$("speak").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("message").value;
  socket.send(text);
  say("You", text, "mine");
  $("message").value = "";
});
window.addEventListener("pagehide", leave);

choose();
