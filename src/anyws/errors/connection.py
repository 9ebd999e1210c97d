"""Errors of an HTTP connection that is gone."""

from __future__ import annotations


class ClientDisconnected(OSError):
    """The client left before the body of its request had arrived in full.

    What was read until then is incomplete; there is nobody left to answer.
    """
