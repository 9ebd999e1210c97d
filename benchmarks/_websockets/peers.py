"""The peers, by the event loops that they run on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks._report import OURS
from benchmarks._websockets import (
    anyws_service,
    blacksheep_service,
    falcon_service,
    litestar_service,
    quart_trio_service,
    raw_service,
    starlette_service,
)
from benchmarks._websockets.conversations import MSGPACK

if TYPE_CHECKING:
    from benchmarks._websockets.conversations import MakeApp

RAW: Final = "raw"
"""An ASGI application without a framework, which no framework can beat."""

_EVERYWHERE: Final[dict[str, MakeApp]] = {
    OURS: anyws_service.make_app,
    RAW: raw_service.make_app,
    "Starlette": starlette_service.make_app,
    "Litestar": litestar_service.make_app,
    "BlackSheep": blacksheep_service.make_app,
}
PEERS: Final[dict[str, dict[str, MakeApp]]] = {
    "asyncio": {**_EVERYWHERE, "Falcon": falcon_service.make_app},
    "trio": {**_EVERYWHERE, "Quart-Trio": quart_trio_service.make_app},
}
PACKAGES: Final = (
    "anyws",
    "anyio",
    "trio",
    "msgspec",
    "falcon",
    "starlette",
    "litestar",
    "blacksheep",
    "quart",
    "quart-trio",
)

_WITHOUT_MSGPACK: Final = ("Starlette", "BlackSheep", "Quart-Trio")


def has(peer: str, path: str) -> bool:
    """Tell whether a peer has a conversation."""
    return path != MSGPACK or peer not in _WITHOUT_MSGPACK
