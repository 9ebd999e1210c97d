"""The WebSocket that middleware and responders get."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

import anyio

from anyws._asgi.events import WEBSOCKET_SEND
from anyws.errors.usage import OperationNotAllowed, UnsupportedScopeError
from anyws.headers import encode_accept_headers
from anyws.media.codecs import json, msgpack
from anyws.media.payload import WebSocketPayloadType
from anyws.websocket.closing import NORMAL_CLOSURE, check_code, check_reason
from anyws.websocket.denial import compose_denial
from anyws.websocket.finishing import FinishFirst
from anyws.websocket.iteration import Messages
from anyws.websocket.media import decode_media, encode_media
from anyws.websocket.payloads import content_of, data_event, data_of, text_event, text_of
from anyws.websocket.reader import ASKING, FREE
from anyws.websocket.scopes import DisconnectScope
from anyws.websocket.state import Act, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyio.abc import TaskGroup

    from anyws._asgi.types import Event
    from anyws.headers import HeaderPairs, SupportsItems
    from anyws.http.authority import Address
    from anyws.http.context import Context
    from anyws.http.request import Request
    from anyws.status import ResponseStatus
    from anyws.websocket.connection import Connection

T = TypeVar("T")


class WebSocket:
    """A connection with one client, from its handshake to its end.

    The framework makes it and closes it: what a responder leaves open is closed with 1000 when it
    returns. Its methods may be called from any task. Messages go out in the order of the calls;
    one task at a time may receive.

    The WebSocket protocol is RFC 6455; what the server is told and tells is the ASGI WebSocket
    specification, version 2.
    """

    __slots__ = (
        "__weakref__",
        "_connection",
        "_outgoing",
        "_reader",
        "_request",
        "_subprotocols",
    )

    def __init__(self, connection: Connection, request: Request) -> None:
        self._connection = connection
        self._reader = connection.reader
        self._outgoing = connection.outgoing
        self._request = request
        self._subprotocols = _read_subprotocols(request.scope.get("subprotocols"))

    @property
    def unaccepted(self) -> bool:
        """Whether the handshake still waits for `accept()`, or for `close()` to refuse it."""
        return self._connection.state is State.CONNECTING and not self._connection.closed

    @property
    def ready(self) -> bool:
        """Whether messages can be sent: accepted, not closed by us, the client not known to be gone.

        Looking at it makes the framework read ahead, so that the next look knows more.
        """
        self._connection.reader.start()
        return self._connection.state is State.OPEN and not self._connection.closed

    @property
    def closed(self) -> bool:
        """Whether we have closed it, or the client is known to have left.

        It is True while messages that came before the departure can still be received. Looking at
        it makes the framework read ahead, so that the next look knows more.
        """
        self._connection.reader.start()
        return self._connection.closed

    @property
    def ready_state(self) -> int:
        """The state as browsers number it: 0 connecting, 1 open, 2 closing, 3 closed."""
        closed = self._connection.closed and self._connection.state is not State.CLOSING
        return (State.CLOSED if closed else self._connection.state).value

    @property
    def close_code(self) -> int | None:
        """The code that the connection ended with (RFC 6455, section 7.4); None while it is open."""
        end = self._connection.end
        return None if end is None else end.code

    @property
    def close_reason(self) -> str | None:
        """The reason that came with the close code; None while it is open, and if there is none."""
        end = self._connection.end
        return None if end is None else end.reason

    @property
    def subprotocols(self) -> tuple[str, ...]:
        """The subprotocols that the client offers, in its order of preference."""
        return self._subprotocols

    @property
    def supports_accept_headers(self) -> bool:
        """Whether the server can send headers with the accept: all but those of ASGI 2.0 can."""
        return self._connection.features.accept_headers

    @property
    def path(self) -> str:
        """The path of the handshake's request, as routing sees it."""
        return self._request.path

    @property
    def query_string(self) -> str:
        """The query string of the handshake's request, without the question mark."""
        return self._request.query_string

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the handshake's request, by their names in lower case."""
        return self._request.headers

    @property
    def client_address(self) -> Address | None:
        """Host and port of the client as the server sees it; None where it sees none."""
        return self._request.client_address

    @property
    def context(self) -> Context:
        """A place for the application's own data: the same as `req.context`."""
        return self._request.context

    @property
    def task_group(self) -> TaskGroup:
        """The connection's task group: its tasks end when the responder does.

        A task that fails cancels the responder, and its exception goes to the error handlers.
        Cancelling `task_group.cancel_scope` ends the responder as a return does.

        Raises `RuntimeError` once the responder has ended.
        """
        group = self._connection.group
        self._connection.reader.read_for_good()
        return group

    async def accept(
        self,
        subprotocol: str | None = None,
        headers: HeaderPairs | SupportsItems | None = None,
    ) -> None:
        """Accept the handshake: after this, messages can be sent and received.

        `subprotocol` is one of those that the client offers (RFC 6455, section 4.2.2). `headers`
        go into the handshake's response: pairs of str, or an object with `items()`; repeated
        names are kept in order. Servers that speak ASGI 2.0 can't send them.

        Cancelled, it has either accepted or done nothing.

        Raises `ValueError` or `TypeError` for an argument that can't be sent; the socket is as
        before then. Raises `OperationNotAllowed` when it was accepted or closed already, and for
        headers that the server can't send; `WebSocketDisconnected` when the client has left.
        """
        if subprotocol is not None:
            self._check_subprotocol(subprotocol)
        encoded = [] if headers is None else encode_accept_headers(headers)
        if encoded and not self.supports_accept_headers:
            raise OperationNotAllowed(
                "the server can't send headers with the accept: it speaks version 2.0 of the ASGI "
                "WebSocket specification; see ws.supports_accept_headers"
            )
        await self._outgoing.accept(subprotocol, encoded)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close the connection; before `accept()`, refuse the handshake (the client sees a 403).

        `code` is 1000 unless it is given (RFC 6455, section 7.4), `reason` at most 123 bytes in
        UTF-8; where none is given, that of `ws_options.default_close_reasons`. It goes out after
        the sends that were called before it. On a connection that has ended, nothing happens.

        A receive that waits in another task ends with `WebSocketDisconnected`, and so do later
        calls. What was received and not taken yet is dropped. Cancelled, it has either closed or
        done nothing; after `close_timeout` seconds it gives the client up.

        Raises `ValueError` for a code that may not be sent or a reason that is too long,
        `TypeError` for a reason that is no str; the connection is as before then.
        """
        code = NORMAL_CLOSURE if code is None else check_code(code)
        await self._outgoing.close(code, check_reason(reason))

    async def deny(
        self,
        status: ResponseStatus,
        *,
        headers: HeaderPairs | SupportsItems | None = None,
        text: str | None = None,
        media: object = None,
    ) -> None:
        """Refuse the handshake with an HTTP response of your own.

        `status` is 200 to 599, `headers` are as for `accept()`. The body is `text`, which goes out
        as text/plain, or `media`, which goes out as JSON, or empty. It takes the extension
        `websocket.http.response` of the ASGI specification; where the server does not have that,
        the client sees a plain 403. The connection has ended then, with the close code
        3000 + status. Where the client has left already, nothing happens.

        Cancelled, it has either refused or done nothing.

        Raises `OperationNotAllowed` when the handshake has been answered already; `ValueError` or
        `TypeError` for an argument that can't be sent, and for both text and media: the handshake
        is still open then.
        """
        denial = compose_denial(status, headers, text, media)
        await self._outgoing.deny(*denial)

    async def send_text(self, payload: str) -> None:
        """Send a str as a TEXT message.

        It returns when the server has taken the message, which may wait for the client to read.
        Cancelled, the message has gone out whole or not at all. Sends of several tasks go out in
        the order of the calls.

        Raises `OperationNotAllowed` before `accept()`, `WebSocketDisconnected` when the connection
        has ended, `TypeError` for anything but a str.
        """
        if payload.__class__ is str:
            event: Event = {"type": WEBSOCKET_SEND, "text": payload}
        else:
            self._require_sending()
            event = text_event(payload)
        rest = self._outgoing.send(event)
        if rest is not None:
            await rest

    async def send_data(self, payload: bytes | bytearray | memoryview) -> None:
        """Send bytes as a BINARY message: see `send_text()`.

        A bytearray or memoryview is copied before anything else, and may be changed afterwards.
        """
        self._require_sending()
        rest = self._outgoing.send(data_event(payload))
        if rest is not None:
            await rest

    async def send_media(
        self,
        media: object,
        payload_type: WebSocketPayloadType = WebSocketPayloadType.TEXT,
    ) -> None:
        """Encode an object with the handler of `payload_type`, and send it: see `send_text()`.

        The handlers are those of `ws_options.media_handlers`. An error of the handler comes as it
        is, and nothing is sent.
        """
        self._require_sending()
        event = encode_media(media, payload_type, self._connection.options.media_handlers)
        rest = self._outgoing.send(event)
        if rest is not None:
            await rest

    async def send_json(self, media: object) -> None:
        """Send an object as JSON in a TEXT message, whatever the media handlers are."""
        self._require_sending()
        rest = self._outgoing.send(text_event(json.encode(media).decode()))
        if rest is not None:
            await rest

    async def send_msgpack(self, media: object) -> None:
        """Send an object as MessagePack in a BINARY message, whatever the media handlers are."""
        self._require_sending()
        rest = self._outgoing.send(data_event(msgpack.encode(media)))
        if rest is not None:
            await rest

    async def receive_text(self) -> str:
        """Wait for the next message, which is to be a TEXT message, and give its text.

        Cancelled, it loses no message.

        Raises `PayloadTypeError` for a BINARY message, which is consumed; `WebSocketDisconnected`
        when the connection has ended and all that came before is taken; `OperationNotAllowed`
        before `accept()`; `anyio.BusyResourceError` while another task receives.
        """
        reader = self._reader
        if reader.mode != FREE and not reader.free_first():
            return text_of(await self._next())
        # It is `reader.next()` without a coroutine in between, which would be a tenth of an echo.
        reader.mode = ASKING
        try:
            event = await reader.ask()
        except (Exception, anyio.get_cancelled_exc_class()) as error:
            reader.explain(error)
            await self._connection.raise_end()
        text: str | None = event.get("text")
        if text is not None and reader.mode == ASKING and len(text) <= reader.small:
            reader.mode = FREE
            reader.streak = 0
            return text
        message = await reader.settle(event)
        if message is None:
            await self._connection.raise_end()
        return text_of(message)

    async def receive_data(self) -> bytes:
        """Wait for the next message, a BINARY message, and give its bytes: see `receive_text()`."""
        return data_of(await self._next())

    @overload
    async def receive_media(self, *, type: None = None) -> object: ...
    @overload
    async def receive_media(self, *, type: type[T]) -> T: ...
    @overload
    async def receive_media(self, *, type: object) -> object: ...
    async def receive_media(self, *, type: object = None) -> object:
        """Wait for the next message, and decode it with the handler of its payload type.

        With `type` (a Struct, dataclass, TypedDict, union, …) the object is one of that type.
        Otherwise as `receive_text()`. An error of the handler comes as it is, and
        `MediaValidationError` where the message does not fit the type; the message is consumed.
        """
        event = await self._reader.next()
        if event is None:
            await self._connection.raise_end()
        handlers = self._connection.options.media_handlers
        return decode_media(event, None if type is None else _as_type(type), handlers)

    @overload
    async def receive_json(self, *, type: None = None) -> object: ...
    @overload
    async def receive_json(self, *, type: type[T]) -> T: ...
    @overload
    async def receive_json(self, *, type: object) -> object: ...
    async def receive_json(self, *, type: object = None) -> object:
        """Wait for the next message, JSON in a TEXT message, whatever the media handlers are.

        Raises `ValueError` for malformed JSON, and otherwise as `receive_media()` does.
        """
        text = text_of(await self._next())
        return json.decode(text) if type is None else json.decode_as(text, _as_type(type))

    @overload
    async def receive_msgpack(self, *, type: None = None) -> object: ...
    @overload
    async def receive_msgpack(self, *, type: type[T]) -> T: ...
    @overload
    async def receive_msgpack(self, *, type: object) -> object: ...
    async def receive_msgpack(self, *, type: object = None) -> object:
        """Wait for the next message, MessagePack in a BINARY message: see `receive_json()`."""
        data = data_of(await self._next())
        return msgpack.decode(data) if type is None else msgpack.decode_as(data, _as_type(type))

    def discard_incoming(self) -> None:
        """Throw away what the client has sent and will send: for responders that only send.

        A client that sends a lot can neither fill the queue nor hide that it left. Limits of size
        and rate still count. It can't be undone.

        Raises `OperationNotAllowed` before `accept()`, and so do all receives after it;
        `WebSocketDisconnected` when the connection was closed; `anyio.BusyResourceError` while a
        task receives.
        """
        self._connection.discard_incoming()

    def __aiter__(self) -> Messages[str | bytes]:
        """Iterate over the messages until the connection ends; the code is in `close_code` then."""
        return Messages(self._receive_content)

    def iter_text(self) -> Messages[str]:
        """Iterate over TEXT messages until the connection ends: see `receive_text()`."""
        return Messages(self.receive_text)

    def iter_data(self) -> Messages[bytes]:
        """Iterate over BINARY messages until the connection ends: see `receive_data()`."""
        return Messages(self.receive_data)

    @overload
    def iter_media(self, *, type: None = None) -> Messages[object]: ...
    @overload
    def iter_media(self, *, type: type[T]) -> Messages[T]: ...
    @overload
    def iter_media(self, *, type: object) -> Messages[object]: ...
    def iter_media(self, *, type: object = None) -> Messages[Any]:
        """Iterate over decoded messages until the connection ends: see `receive_media()`."""
        return Messages(partial(self.receive_media, type=type))

    async def wait_disconnected(self) -> int:
        """Wait until the connection has ended, on whichever side, and give its close code.

        It needs nobody to receive meanwhile. With a full queue, a departure behind the queued
        messages is seen when there is room again.

        Raises `OperationNotAllowed` before `accept()`, and where `max_receive_queue` is 0.
        """
        self._require_watching("wait_disconnected()")
        return (await self._connection.wait_end()).code

    def move_on_disconnect(self) -> DisconnectScope:
        """Make a `with` block that ends quietly when the client leaves.

        The block is cancelled wherever it waits; a close of ours, from whatever task, cancels it
        as well. A `WebSocketDisconnected` of this socket's own calls in the block ends it as
        quietly. `scope.cancelled_caught` tells afterwards.

        Raises `OperationNotAllowed` before `accept()`, and where `max_receive_queue` is 0.
        """
        self._require_watching("move_on_disconnect()")
        return DisconnectScope(self._connection, raises=False)

    def fail_on_disconnect(self) -> DisconnectScope:
        """Make a `with` block that ends with `WebSocketDisconnected` when the client leaves.

        It is `move_on_disconnect()` otherwise, and raises what that raises.
        """
        self._require_watching("fail_on_disconnect()")
        return DisconnectScope(self._connection, raises=True)

    def finish_first(self) -> FinishFirst:
        """Make an `async with` block that a drain of the application waits for.

        A drain closes the socket the moment the last of its blocks ends, and not before, as long
        as its deadline allows. Blocks nest, and several tasks may be in one; what a task starts
        in a block is within it. A block that begins once the drain has come to the socket waits
        for the close and raises `WebSocketDisconnected` with the drain's code, so that the next
        block can't put the end off for ever.

        It is no shield: a cancellation ends the block where it waits, as without it. That may be
        the server's, that of a task group, or the drain's own when its deadline is near. Where
        work must be whole or nothing, use a transaction as well.

        Entering raises `WebSocketDisconnected` when the connection has ended.
        """
        return FinishFirst(self._connection.see_out())

    def _require_sending(self) -> None:
        if not self._outgoing.plain:
            self._connection.require(Act.SEND)

    async def _next(self) -> Event:
        event = await self._reader.next()
        if event is None:
            await self._connection.raise_end()
        return event

    async def _receive_content(self) -> str | bytes:
        return content_of(await self._next())

    def _require_watching(self, purpose: str) -> None:
        if self._connection.state is State.CONNECTING:
            self._connection.require(Act.RECEIVE)
        self._connection.require_reader(purpose)

    def _check_subprotocol(self, subprotocol: object) -> None:
        if not isinstance(subprotocol, str) or subprotocol not in self.subprotocols:
            # What is offered may be a secret, and this may go to a log.
            raise ValueError(
                f"subprotocol {subprotocol!r} is none of the {len(self.subprotocols)} that the "
                "client offers: see ws.subprotocols"
            )


def _read_subprotocols(offered: object) -> tuple[str, ...]:
    if not offered:
        return ()
    if not isinstance(offered, Iterable):
        raise UnsupportedScopeError(f"the subprotocols of the scope are no list: {offered!r}")
    return tuple(cast("Iterable[str]", offered))


def _as_type(kind: object) -> type[object]:
    # What msgspec takes for a type is more than `type` says: unions, annotated types, …
    return kind  # type: ignore[return-value]  # there is no type for type expressions yet
