"""What a start-up says of an application beside its address."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from anyws import App, Request, Response, ServeOptions, WebSocket
from anyws.cli.summary import summary_of
from tests.cli.launching import launched


class Shop:
    async def on_get(self, req: Request, resp: Response) -> None: ...

    async def on_websocket(self, req: Request, ws: WebSocket) -> None: ...


class Clerk:
    async def process_request(self, req: Request, resp: Response) -> None: ...


async def sink(req: Request, resp: Response) -> None: ...


def lines_of(app: App, **options: Any) -> list[str]:
    return summary_of(app, ServeOptions(**options)).splitlines()


def test_it_is_empty_for_what_is_no_app() -> None:
    assert summary_of(sink, ServeOptions()) == ""


def test_it_counts_what_there_is(tmp_path: Path) -> None:
    app = App()
    assert lines_of(app)[0] == "anyws: 0 HTTP routes, 0 WebSocket routes"
    app.add_route("/", Shop())
    app.add_route("/list", Shop())
    app.add_sink(sink)
    app.add_static_route("/a", tmp_path)
    app.add_static_route("/b", tmp_path)
    app.add_middleware(Clerk())
    assert lines_of(app)[0] == (
        "anyws: 2 HTTP routes, 2 WebSocket routes, 1 sink, 2 static routes, 1 middleware component"
    )


def test_it_says_which_limits_are_in_force() -> None:
    assert lines_of(App())[1] == (
        "anyws: max_message_size 1 MiB, max_receive_queue 4, send_timeout 60 s, ping_interval 20 s,"
        " drain_deadline 25 s"
    )


def test_limits_that_are_off_by_default_are_told_where_they_are_on() -> None:
    app = App()
    app.ws_options.idle_timeout = 90
    app.ws_options.receive_rate = (10, 20)
    app.ws_options.max_connections = 500
    assert lines_of(app, ping_interval=None)[1] == (
        "anyws: max_message_size 1 MiB, max_receive_queue 4, send_timeout 60 s, idle_timeout 90 s,"
        " receive_rate 10/s (burst 20), max_connections 500, drain_deadline 25 s"
    )


@pytest.mark.parametrize(
    ("of_app", "of_server", "told"),
    [
        (None, 2**24, "16 MiB"),
        (2**20, 1000, "1000 bytes"),
        (2**11, 2**24, "2 KiB"),
        (2**20 + 2**10, 2**24, "1025 KiB"),
    ],
)
def test_the_smaller_limit_of_application_and_server_counts(
    of_app: int | None, of_server: int, told: str
) -> None:
    app = App()
    app.ws_options.max_message_size = of_app
    assert f"max_message_size {told}, " in lines_of(app, max_message_size=of_server)[1]


def test_a_router_of_the_programs_own_is_named() -> None:
    class Own:
        def add_route(self, uri_template: str, resource: object, /, **_: object) -> None: ...

        def find(self, path: str, req: object = None, /) -> None: ...

    [first, _] = lines_of(App(router=Own()))
    assert first.endswith("Own")


def test_it_follows_the_first_line_of_serve(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("from anyws import App\napp = App()\n")
    with launched(tmp_path, "empty:app") as server:
        told = [server.output.readline().rstrip() for _ in range(2)]
        assert server.stop(signal.SIGTERM) == (0, "")
    assert told == lines_of(App())
