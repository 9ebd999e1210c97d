"""What can be set for the WebSockets of an application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from anyws._options import Options, count, flag, instance_of, must_be, rate, seconds
from anyws._origins import ANY, SAME_ORIGIN, is_origin
from anyws.media.websocket_handlers import HandlersWS
from anyws.websocket.closing import INTERNAL_ERROR, default_close_reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from anyws._options import Rule
    from anyws.media.payload import WebSocketPayloadType
    from anyws.media.websocket import BinaryBaseHandlerWS, TextBaseHandlerWS


def _origins() -> Mapping[str, Rule]:
    return must_be(
        "'same-origin', '*', or a list of origins such as 'https://example.com' (scheme and host, "
        "a port unless it is the scheme's own, no path)",
        lambda value: (
            value in (SAME_ORIGIN, ANY)
            if isinstance(value, str)
            else isinstance(value, (list, tuple, set, frozenset)) and all(map(is_origin, value))
        ),
    )


@dataclass(kw_only=True, slots=True)
class WebSocketOptions(Options):
    """The options of an application's WebSockets: `app.ws_options`.

    A resource may have options of its own as its attribute `ws_options`. Once it is routed to,
    their `max_message_size`, `receive_rate`, `idle_timeout`, `send_timeout`, `close_timeout`,
    `cancel_on_disconnect`, `error_close_code` and `media_handlers` take the place of the
    application's; the other options are the application's alone.

    A connection reads its options when it begins and when its resource is found; what is changed
    later is for later connections. A time of t seconds strikes after t to t + 1 seconds, of less
    than 4 seconds after t to 1.25 t: one coarse clock serves all connections.
    """

    allowed_origins: str | Iterable[str] = field(default=SAME_ORIGIN, metadata=_origins())
    """The origins of web pages that may connect (RFC 6454). `'same-origin'`: where a handshake has
    an Origin, its host and port must be those of the Host header. Or a list of origins, or `'*'`
    for any. Others get a 403. Clients that are no browsers send no Origin, and are let in. Behind
    a proxy that does not pass Host on, list the origins."""

    max_connections: int | None = field(default=None, metadata=count(minimum=1, optional=True))
    """Connections that an application has at once in this process; further ones get a 503, or 1013
    where the server can't answer a handshake with a response. None is no limit."""

    handshake_timeout: float | None = field(default=None, metadata=seconds(optional=True))
    """Seconds until a handshake must be accepted, closed or denied; then it is refused with 1013,
    which clients see as a 403, and the responder is cancelled. None is no limit."""

    denial_responses: bool = field(default=False, metadata=flag())
    """Answer a handshake with the response of an `HTTPError` that was raised before `accept()`,
    headers and body, where the server can; otherwise clients see a 403."""

    max_receive_queue: int = field(default=4, metadata=count())
    """Messages that are read ahead while the responder is away. When the queue is full the server
    is held back, and a departure behind the queued messages shows when there is room again. With
    0 nothing is read ahead: a departure shows at the next receive or failing send, and what needs
    a reader (`move_on_disconnect()` and its kin) is not allowed."""

    max_message_size: int | None = field(default=2**20, metadata=count(minimum=1, optional=True))
    """Bytes of a message that a client may send, text counted in UTF-8; a larger one closes with
    1009. The server has the message in memory by then: it has a limit of its own. None is no
    limit."""

    receive_rate: tuple[float, int] | None = field(default=None, metadata=rate())
    """Messages that a client may send: so many per second, and so many at once; one more closes
    with 1008. They are counted as they are taken from the server, which a full queue holds back.
    None is no limit."""

    idle_timeout: float | None = field(default=None, metadata=seconds(optional=True))
    """Seconds for which a client may send no message; then it is closed with 1001. Pings and pongs
    are the server's, and do not count; nor does the time in which a full queue holds the server
    back. None is no limit."""

    send_timeout: float = field(default=60, metadata=seconds())
    """Seconds that one send may be stuck in the server because the client does not read. Then the
    connection is lost (1006), and its responder is cancelled."""

    close_timeout: float = field(default=5, metadata=seconds())
    """Seconds for the goodbye: the close frame, and then all `process_disconnect_ws` together."""

    cancel_on_disconnect: bool = field(default=False, metadata=flag())
    """Cancel the responder when the client leaves. It costs a task for each connection."""

    error_close_code: int = INTERNAL_ERROR
    """The close code for an unhandled error. It is looked at when it is used: a code that can't
    be sent is replaced by 3011."""

    default_close_reasons: dict[int, str] = field(
        default_factory=default_close_reasons, metadata=instance_of(dict)
    )
    """The reason that goes out with a close code where none is given: a plain dict."""

    media_handlers: dict[WebSocketPayloadType, TextBaseHandlerWS | BinaryBaseHandlerWS] = field(
        default_factory=HandlersWS, metadata=instance_of(dict)
    )
    """What `send_media()` and `receive_media()` encode and decode with, for each kind of payload:
    JSON for TEXT and MessagePack for BINARY unless it is changed."""


_OF_THE_APPLICATION_ALONE: Final = (
    "allowed_origins",
    "default_close_reasons",
    "denial_responses",
    "handshake_timeout",
    "max_connections",
    "max_receive_queue",
)


def resource_options(resource: object) -> WebSocketOptions | None:
    """Give the options that a resource has of its own, None if it has none.

    Raises `TypeError` for a `ws_options` that is something else.
    """
    options: object = getattr(resource, "ws_options", None)
    if options is None or isinstance(options, WebSocketOptions):
        return options
    raise TypeError(
        f"{type(resource).__name__}.ws_options is a WebSocketOptions, not {options!r}: write "
        "ws_options = anyws.WebSocketOptions(idle_timeout=60), for example"
    )


def without_effect(options: WebSocketOptions) -> list[str]:
    """Name the options that were set for a resource and are the application's alone."""
    usual = WebSocketOptions()
    return [
        name
        for name in _OF_THE_APPLICATION_ALONE
        if getattr(options, name) != getattr(usual, name)
    ]
