"""The body of a request as an object, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anyws.errors import MediaNotFoundError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Unset:
    """The type of an argument that was not given, where None is one that can be."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


class BodyMedia:
    """Read the media at the first call, and give the same object or error at every later one.

    A cancelled call is as if it had not been: the next one reads.
    """

    __slots__ = ("_error", "_media")

    def __init__(self) -> None:
        self._media: object = UNSET
        self._error: Exception | None = None

    async def get(
        self, read: Callable[[], Awaitable[object]], default_when_empty: object
    ) -> object:
        """Give the object; for an empty body the default, if there is one."""
        if self._media is UNSET and self._error is None:
            try:
                self._media = await read()
            except Exception as error:
                self._error = error
        if self._error is None:
            return self._media
        if isinstance(self._error, MediaNotFoundError) and default_when_empty is not UNSET:
            return default_when_empty
        raise self._error
