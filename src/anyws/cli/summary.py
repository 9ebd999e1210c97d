"""What a start-up says of an application beside its address."""

from __future__ import annotations

from collections.abc import Iterator

from anyws.cli.inspecting.columns import counted
from anyws.cli.options import ServeOptions
from anyws.inspection import AppDescription, find_app, inspect_app
from anyws.websocket.options import WebSocketOptions


def summary_of(application: object, options: ServeOptions) -> str:
    """Say in two lines what is routed, and which limits are in force.

    It is empty where there is no `App` to be found.
    """
    app = find_app(application)
    if app is None:
        return ""
    parts = ", ".join(_parts(inspect_app(app)))
    limits = ", ".join(_limits(app.ws_options, options))
    return f"anyws: {parts}\nanyws: {limits}\n"


def _parts(description: AppDescription) -> Iterator[str]:
    if description.router == "anyws.routing.router.Router":
        routes = description.routes
        yield counted(sum(1 for route in routes if route.methods), "HTTP route")
        yield counted(
            sum(1 for route in routes if route.on_websocket is not None), "WebSocket route"
        )
    else:
        yield f"routes of {description.router}"
    for found, noun in (
        (description.sinks, "sink"),
        (description.static_routes, "static route"),
        (description.middleware, "middleware component"),
    ):
        if found:
            yield counted(len(found), noun)


def _limits(app: WebSocketOptions, server: ServeOptions) -> Iterator[str]:
    yield f"max_message_size {_size(_least(app.max_message_size, server.max_message_size))}"
    yield f"max_receive_queue {app.max_receive_queue}"
    yield f"send_timeout {app.send_timeout:g} s"
    if app.idle_timeout is not None:
        yield f"idle_timeout {app.idle_timeout:g} s"
    if app.receive_rate is not None:
        per_second, burst = app.receive_rate
        yield f"receive_rate {per_second:g}/s (burst {burst})"
    connections = _least(app.max_connections, server.max_connections)
    if connections is not None:
        yield f"max_connections {connections}"
    if server.ping_interval is not None:
        yield f"ping_interval {server.ping_interval:g} s"
    yield f"drain_deadline {server.drain_deadline:g} s"


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _size(size: int | None) -> str:
    match size:
        case None:
            return "without limit"
        case _ if size >= 2**20 and size % 2**20 == 0:
            return f"{size // 2**20} MiB"
        case _ if size >= 2**10 and size % 2**10 == 0:
            return f"{size // 2**10} KiB"
        case _:
            return f"{size} bytes"
