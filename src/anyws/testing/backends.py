"""Which event loop runs: asked in a way that works with every version of Trio, and without it."""

from __future__ import annotations

import sys


def runs_on_trio() -> bool:
    """Whether the calling code runs on Trio."""
    # Who runs on Trio has imported it; who does not may not have it at all.
    trio = sys.modules.get("trio")
    if trio is None:
        return False
    try:
        trio.lowlevel.current_clock()
    except RuntimeError:
        return False
    return True
