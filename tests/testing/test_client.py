"""Requests without an event loop of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
import sniffio

from anyws.testing import TestClient

if TYPE_CHECKING:
    from anyws._asgi.types import Receive, Scope, Send

BACKENDS = [
    pytest.param("asyncio", {}, id="asyncio"),
    pytest.param("asyncio", {"use_uvloop": True}, id="uvloop"),
    pytest.param("trio", {}, id="trio"),
]


class Greeter:
    """An application that greets, fails on demand, and notes its lifespans."""

    def __init__(self, *, fails_to_start: bool = False) -> None:
        self.seen: list[str] = []
        self.fails_to_start = fails_to_start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["path"] == "/crash":
            async with anyio.create_task_group():
                raise ValueError("boom")
        self.seen.append(scope["method"])
        headers = [(b"x-backend", sniffio.current_async_library().encode())]
        headers += [pair for pair in scope["headers"] if pair[0].startswith(b"x-")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})

    async def _live(self, receive: Receive, send: Send) -> None:
        for kind in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{kind}"
            self.seen.append(kind)
            outcome = "failed" if self.fails_to_start else "complete"
            await send({"type": f"lifespan.{kind}.{outcome}"})
            if self.fails_to_start:
                return


@pytest.mark.parametrize(("backend", "options"), BACKENDS)
def test_the_lifespan_is_around_a_with_block(backend: str, options: dict[str, object]) -> None:
    app = Greeter()
    with TestClient(app, backend=backend, backend_options=options) as client:
        assert client.app is app
        assert client.simulate_get("/").text == "hello"
        assert client.simulate_get("/").headers["x-backend"] == backend
    assert app.seen == ["startup", "GET", "GET", "shutdown"]


@pytest.mark.parametrize(("backend", "options"), BACKENDS)
def test_without_a_with_block_the_lifespan_is_around_each_call(
    backend: str, options: dict[str, object]
) -> None:
    app = Greeter()
    client = TestClient(app, backend=backend, backend_options=options)
    for _ in range(2):
        assert client.simulate_get().status == "200 OK"
    assert app.seen == ["startup", "GET", "shutdown"] * 2


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
def test_each_method_has_its_own_call(method: str) -> None:
    app = Greeter()
    getattr(TestClient(app), f"simulate_{method}")("/")
    assert app.seen == ["startup", method.upper(), "shutdown"]


def test_default_headers_go_with_every_request() -> None:
    client = TestClient(Greeter(), {"X-Token": "t"})
    result = client.simulate_request("GET", "/", headers={"X-Other": "o"})
    assert result.headers["x-token"] == "t"
    assert result.headers["x-other"] == "o"


@pytest.mark.parametrize(("backend", "options"), BACKENDS)
def test_an_exception_of_the_application_comes_out_bare(
    backend: str, options: dict[str, object]
) -> None:
    client = TestClient(Greeter(), backend=backend, backend_options=options)
    with pytest.raises(ValueError, match="boom"):
        client.simulate_get("/crash")
    with client, pytest.raises(ValueError, match="boom"):
        client.simulate_get("/crash")


@pytest.mark.parametrize(("backend", "options"), BACKENDS)
def test_a_body_that_raises_still_shuts_the_application_down(
    backend: str, options: dict[str, object]
) -> None:
    app = Greeter()
    boom = KeyError("boom")
    with (
        pytest.raises(KeyError) as caught,
        TestClient(app, backend=backend, backend_options=options),
    ):
        raise boom
    assert caught.value is boom
    assert app.seen == ["startup", "shutdown"]


@pytest.mark.parametrize(("backend", "options"), BACKENDS)
def test_a_failed_startup_comes_out_of_the_with_statement(
    backend: str, options: dict[str, object]
) -> None:
    client = TestClient(Greeter(fails_to_start=True), backend=backend, backend_options=options)
    with pytest.raises(RuntimeError, match=r"lifespan\.startup\.failed without a message"), client:
        pytest.fail("the body must not run")
    with pytest.raises(RuntimeError, match=r"lifespan\.startup\.failed without a message"):
        client.simulate_get()


def test_a_client_cannot_be_entered_twice_at_once() -> None:
    with TestClient(Greeter()) as client, pytest.raises(RuntimeError, match="entered already"):
        client.__enter__()
    with client:
        assert client.simulate_get().status_code == 200
