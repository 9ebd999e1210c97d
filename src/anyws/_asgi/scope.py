"""What a scope says about the server: the versions it speaks, as named booleans."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from anyws.errors.usage import UnsupportedError, UnsupportedScopeError

if TYPE_CHECKING:
    from anyws._asgi.types import Scope

_VERSION: Final = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")

Look: TypeAlias = Callable[[], Awaitable[object]]
"""What is awaited to be cancelled if the caller's scope is, and waits for nothing else."""

WHOLE_SENDS: Final = "anyws.whole_sends"
"""The extension by which `anyws serve` says that a message is sent whole or not at all though its
`send()` be cancelled, and that one which waits ends with the connection. Its `"look"` is the event
loop's own way to be cancelled if the caller is: AnyIO's has to find out first which loop runs."""


class WebSocketFeatures(NamedTuple):
    """What can be said and expected on a connection, by the versions that its scope names."""

    accept_headers: bool
    """`websocket.accept` may carry headers (since version 2.1 of the specification)."""
    close_reasons: bool
    """`websocket.close` may carry a reason (since version 2.3)."""
    denial_responses: bool
    """A handshake can be refused with an HTTP response of the application's: the extension
    `websocket.http.response`."""
    reports_own_close: bool
    """`receive()` gives the disconnect after our own close. Over HTTP/2 (RFC 8441) Hypercorn's
    does not: whoever waits in it then would wait for ever."""
    look: Look | None = None
    """Where the server sees to it that sends are whole: how to look for a cancellation before."""


def websocket_features(scope: Scope) -> WebSocketFeatures:
    """Work out what may be sent on a connection.

    Raises `UnsupportedScopeError` for a specification that is not 2.x, and `UnsupportedError`
    for HTTP/1.0, in which there is no way to upgrade a connection (RFC 6455, section 4.1).
    """
    http_version = scope.get("http_version", "1.1")
    if not isinstance(http_version, str):
        raise UnsupportedScopeError(f"the http_version of the scope is no str: {http_version!r}")
    extensions = _mapping(scope, "extensions")
    features = _features(
        _checked("WebSocket", _mapping(scope, "asgi").get("spec_version", "2.0")),
        http_version,
        denial_responses="websocket.http.response" in extensions,
    )
    if http_version == "1.0":
        raise UnsupportedError("a WebSocket needs HTTP/1.1 or later; the request is HTTP/1.0")
    look = _look(extensions) if WHOLE_SENDS in extensions else None
    return features if look is None else features._replace(look=look)


def check_lifespan(scope: Scope) -> None:
    """Raise `UnsupportedScopeError` unless the lifespan protocol is version 1.x or 2.x."""
    spec_version = _checked("lifespan", _mapping(scope, "asgi").get("spec_version", "1.0"))
    if int(spec_version.split(".")[0]) not in (1, 2):
        raise UnsupportedScopeError(
            f"the server speaks version {spec_version} of the ASGI lifespan specification; "
            "anyws speaks 1.x and 2.x"
        )


@functools.lru_cache(maxsize=16)
def _features(
    spec_version: str, http_version: str, *, denial_responses: bool
) -> WebSocketFeatures:
    major, minor = map(int, spec_version.split("."))
    if major != 2:
        raise UnsupportedScopeError(
            f"the server speaks version {spec_version} of the ASGI WebSocket specification; "
            "anyws speaks 2.x"
        )
    return WebSocketFeatures(
        accept_headers=minor >= 1,
        close_reasons=minor >= 3,
        denial_responses=denial_responses,
        reports_own_close=http_version == "1.1",
    )


def _look(extensions: Mapping[str, object]) -> Look | None:
    vouched = extensions[WHOLE_SENDS]
    look: Look | None = vouched.get("look") if isinstance(vouched, Mapping) else None
    return look if callable(look) else None


def _mapping(scope: Scope, key: str) -> Mapping[str, object]:
    value: Mapping[str, object] | None = scope.get(key)
    if value is None:
        return {}
    # What servers give, which is seen at once.
    if value.__class__ is dict or isinstance(value, Mapping):
        return value
    raise UnsupportedScopeError(f"the {key} of the scope is no mapping: {value!r}")


def _checked(kind: str, spec_version: object) -> str:
    if not isinstance(spec_version, str) or _VERSION.fullmatch(spec_version) is None:
        raise UnsupportedScopeError(
            f"the ASGI {kind} scope has the malformed spec_version {spec_version!r}; "
            "a version such as '2.3' is expected"
        )
    return spec_version
