"""The codecs, which come with the first application: what is behind them takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import Deferred

if TYPE_CHECKING:
    from anyws.media import json, msgpack, typed
else:
    json = Deferred("anyws.media.json")
    msgpack = Deferred("anyws.media.msgpack")
    typed = Deferred("anyws.media.typed")

__all__ = ["json", "msgpack", "typed"]
