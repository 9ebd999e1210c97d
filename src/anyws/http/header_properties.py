"""Header fields of a response that are written as attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

ValueT = TypeVar("ValueT")


class HasHeaders(Protocol):
    """What the properties stand on."""

    def get_header(self, name: str) -> str | None: ...
    def set_header(self, name: str, value: str) -> None: ...
    def delete_header(self, name: str) -> None: ...


class HeaderProperty(Generic[ValueT]):
    """An attribute that stands for a header field.

    Setting it writes the field; None, or `del`, takes the field away. Reading it gives the text
    that will be sent, or None.
    """

    def __init__(self, name: str, write: Callable[[ValueT], str], doc: str) -> None:
        self._name = name
        self._write = write
        self.__doc__ = doc

    @overload
    def __get__(self, response: None, kind: type[HasHeaders]) -> Self: ...
    @overload
    def __get__(self, response: HasHeaders, kind: type[HasHeaders]) -> str | None: ...
    def __get__(self, response: HasHeaders | None, kind: type[HasHeaders]) -> Self | str | None:
        return self if response is None else response.get_header(self._name)

    def __set__(self, response: HasHeaders, value: ValueT | None) -> None:
        if value is None:
            response.delete_header(self._name)
        else:
            response.set_header(self._name, self._write(value))

    def __delete__(self, response: HasHeaders) -> None:
        response.delete_header(self._name)
