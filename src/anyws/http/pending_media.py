"""What `req.media` is before it is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

_REMEDY: Final = "req.media must be awaited before it is used: media = await req.media"


class PendingMedia:
    """The media of a request, to be awaited. Any other use raises an error that says so."""

    __slots__ = ("_get",)

    # Two of them are never equal, and neither has a hash: both would be uses.
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # object says that everything has a hash

    def __init__(self, get: Callable[[], Awaitable[object]]) -> None:
        self._get = get

    def __await__(self) -> Generator[object, object, object]:
        return self._get().__await__()

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(_REMEDY)

    def __getitem__(self, key: object) -> NoReturn:
        raise TypeError(_REMEDY)

    def __iter__(self) -> NoReturn:
        raise TypeError(_REMEDY)

    def __contains__(self, item: object) -> NoReturn:
        raise TypeError(_REMEDY)

    def __len__(self) -> NoReturn:
        raise TypeError(_REMEDY)

    def __bool__(self) -> NoReturn:
        raise TypeError(_REMEDY)

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError(_REMEDY)
