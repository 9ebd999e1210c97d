"""Errors of Hypercorn's own, which end one connection and are not to end more than that."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

from anyws._concurrency import leaves

_logger = logging.getLogger("anyws")


@contextmanager
def confined() -> Generator[None]:
    """Log what serving a connection raises, and let it go no further. Cancellations pass.

    Malformed requests make Hypercorn raise, and so does a client that vanishes in the middle of
    an upload by HTTP/2. On Trio that would end the server, with all of its connections.
    """
    try:
        yield
    except* Exception as errors:
        for error in leaves(errors):
            _logger.warning("Hypercorn has dropped a connection: %r", error)
            _logger.debug("raised by Hypercorn", exc_info=error)
