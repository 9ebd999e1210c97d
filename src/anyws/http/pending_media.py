"""What `req.media` is before it is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

_REMEDY: Final = (
    "req.media must be awaited before it is used: media = await req.media, or, which is the "
    "same, media = await req.get_media()"
)


class UnawaitedMedia:
    """The media of a request, to be awaited. Any other use raises an error that says so.

    Where Python words the error itself, the name of the class is what tells.
    """

    __slots__ = ("_get",)

    def __init__(self, get: Callable[[], Awaitable[object]]) -> None:
        self._get = get

    def __await__(self) -> Generator[object, object, object]:
        return self._get().__await__()

    def __repr__(self) -> str:
        return "<unawaited req.media: write await req.media, or await req.get_media()>"

    # Hidden from type checkers, which refuse these uses by themselves.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            raise AttributeError(_REMEDY)

        def _refuse(self, *args: object, **kwargs: object) -> object:
            raise TypeError(_REMEDY)

        # `{**req.media}` and `f(**req.media)` look for keys().
        keys = _refuse
        __getitem__ = __setitem__ = __contains__ = __len__ = __iter__ = __aiter__ = _refuse
        __call__ = __str__ = __bool__ = __eq__ = _refuse
