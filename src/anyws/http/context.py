"""A place for what a program wants to keep with a request or a response."""

from __future__ import annotations

from types import SimpleNamespace


class Context(SimpleNamespace):
    """An empty object that takes any attribute: `req.context.user = user`."""
