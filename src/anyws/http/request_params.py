"""The part of a request that comes from its query string."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar, overload

from anyws.errors import HTTPBadRequest, HTTPInvalidParam, HTTPMissingParam
from anyws.http import conversions
from anyws.http.lazy import lazy
from anyws.http.query import Params, parse_query_string

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from uuid import UUID

    from anyws._asgi.types import Scope
    from anyws.http.options import RequestOptions

D = TypeVar("D")
T = TypeVar("T")


class QueryViews:
    """What a request tells of its query string.

    Every `get_param…` but the list's takes the last value of a parameter that came several times.
    One that is missing gives `default`, or raises `HTTPMissingParam` (400) where it is
    `required`; one that cannot be converted raises `HTTPInvalidParam` (400). A query string that
    is not UTF-8, before or after percent-decoding, raises `HTTPBadRequest` (400) at each look.
    """

    __slots__ = ()

    scope: Scope
    options: RequestOptions

    @lazy
    def query_string(self) -> str:
        """What follows the question mark, still percent-encoded; `''` without one."""
        raw: bytes = self.scope.get("query_string", b"")
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise _undecodable() from None

    @lazy
    def params(self) -> Params:
        """The parameters by name; one that came several times is a list of its values."""
        query = self.query_string
        keep_blank = self.options.keep_blank_qs_values
        csv = self.options.auto_parse_qs_csv
        try:
            return parse_query_string(query, keep_blank=keep_blank, csv=csv)
        except UnicodeDecodeError:
            raise _undecodable() from None

    def has_param(self, name: str) -> bool:
        """Tell whether the parameter came, with whatever value."""
        return name in self.params

    @overload
    def get_param(
        self, name: str, required: Literal[False] = ..., default: None = ...
    ) -> str | None: ...
    @overload
    def get_param(self, name: str, required: bool = ..., default: D = ...) -> str | D: ...
    def get_param(self, name: str, required: bool = False, default: object = None) -> object:
        """Give a parameter as it is."""
        return self._converted(name, required, default, str)

    @overload
    def get_param_as_int(
        self,
        name: str,
        required: Literal[False] = ...,
        default: None = ...,
        *,
        min_value: int | None = ...,
        max_value: int | None = ...,
    ) -> int | None: ...
    @overload
    def get_param_as_int(
        self,
        name: str,
        required: bool = ...,
        default: D = ...,
        *,
        min_value: int | None = ...,
        max_value: int | None = ...,
    ) -> int | D: ...
    def get_param_as_int(
        self,
        name: str,
        required: bool = False,
        default: object = None,
        *,
        min_value: int | None = None,
        max_value: int | None = None,
    ) -> object:
        """Give a parameter as an int from `min_value` to `max_value`, both included."""

        def convert(text: str) -> int:
            return conversions.bounded(conversions.to_int(text), min_value, max_value)

        return self._converted(name, required, default, convert)

    @overload
    def get_param_as_float(
        self,
        name: str,
        required: Literal[False] = ...,
        default: None = ...,
        *,
        min_value: float | None = ...,
        max_value: float | None = ...,
    ) -> float | None: ...
    @overload
    def get_param_as_float(
        self,
        name: str,
        required: bool = ...,
        default: D = ...,
        *,
        min_value: float | None = ...,
        max_value: float | None = ...,
    ) -> float | D: ...
    def get_param_as_float(
        self,
        name: str,
        required: bool = False,
        default: object = None,
        *,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> object:
        """Give a parameter as a finite float from `min_value` to `max_value`, both included."""

        def convert(text: str) -> float:
            return conversions.bounded(conversions.to_float(text), min_value, max_value)

        return self._converted(name, required, default, convert)

    @overload
    def get_param_as_bool(
        self,
        name: str,
        required: Literal[False] = ...,
        default: None = ...,
        *,
        blank_as_true: bool = ...,
    ) -> bool | None: ...
    @overload
    def get_param_as_bool(
        self, name: str, required: bool = ..., default: D = ..., *, blank_as_true: bool = ...
    ) -> bool | D: ...
    def get_param_as_bool(
        self,
        name: str,
        required: bool = False,
        default: object = None,
        *,
        blank_as_true: bool = True,
    ) -> object:
        """Give a parameter as a bool: true, t, yes, y, 1 and on, or their opposites, in any case.

        `blank_as_true` says what `?flag` means, where `keep_blank_qs_values` is on.
        """

        def convert(text: str) -> bool:
            return conversions.to_bool(text, blank=blank_as_true)

        return self._converted(name, required, default, convert)

    @overload
    def get_param_as_uuid(
        self, name: str, required: Literal[False] = ..., default: None = ...
    ) -> UUID | None: ...
    @overload
    def get_param_as_uuid(self, name: str, required: bool = ..., default: D = ...) -> UUID | D: ...
    def get_param_as_uuid(
        self, name: str, required: bool = False, default: object = None
    ) -> object:
        """Give a parameter as a UUID."""
        return self._converted(name, required, default, conversions.to_uuid)

    @overload
    def get_param_as_datetime(
        self,
        name: str,
        required: Literal[False] = ...,
        default: None = ...,
        *,
        format_string: str = ...,
    ) -> datetime | None: ...
    @overload
    def get_param_as_datetime(
        self, name: str, required: bool = ..., default: D = ..., *, format_string: str = ...
    ) -> datetime | D: ...
    def get_param_as_datetime(
        self,
        name: str,
        required: bool = False,
        default: object = None,
        *,
        format_string: str = "%Y-%m-%dT%H:%M:%S%z",
    ) -> object:
        """Give a parameter as a datetime, read with a format of `strptime`."""

        def convert(text: str) -> datetime:
            return conversions.to_datetime(text, format_string)

        return self._converted(name, required, default, convert)

    @overload
    def get_param_as_date(
        self,
        name: str,
        required: Literal[False] = ...,
        default: None = ...,
        *,
        format_string: str = ...,
    ) -> date | None: ...
    @overload
    def get_param_as_date(
        self, name: str, required: bool = ..., default: D = ..., *, format_string: str = ...
    ) -> date | D: ...
    def get_param_as_date(
        self,
        name: str,
        required: bool = False,
        default: object = None,
        *,
        format_string: str = "%Y-%m-%d",
    ) -> object:
        """Give a parameter as a date, read with a format of `strptime`."""

        def convert(text: str) -> date:
            return conversions.to_date(text, format_string)

        return self._converted(name, required, default, convert)

    def get_param_as_json(
        self, name: str, required: bool = False, default: object = None
    ) -> object:
        """Give what a parameter says in JSON."""
        return self._converted(name, required, default, conversions.to_json)

    @overload
    def get_param_as_list(
        self, name: str, required: Literal[False] = ..., default: None = ...
    ) -> list[str] | None: ...
    @overload
    def get_param_as_list(
        self, name: str, required: bool = ..., default: D = ...
    ) -> list[str] | D: ...
    @overload
    def get_param_as_list(
        self,
        name: str,
        required: Literal[False] = ...,
        default: None = ...,
        *,
        transform: Callable[[str], T],
    ) -> list[T] | None: ...
    @overload
    def get_param_as_list(
        self, name: str, required: bool = ..., default: D = ..., *, transform: Callable[[str], T]
    ) -> list[T] | D: ...
    def get_param_as_list(
        self,
        name: str,
        required: bool = False,
        default: object = None,
        *,
        transform: Callable[[str], object] = str,
    ) -> object:
        """Give all the values of a parameter, in their order, each put through `transform`.

        A `ValueError` of `transform` makes the parameter invalid; its text goes to the client.
        """
        values = self.params.get(name)
        if values is None:
            return _missing(name, required, default)
        if isinstance(values, str):
            values = [values]
        try:
            return [transform(value) for value in values]
        except ValueError as error:
            raise HTTPInvalidParam(str(error), name) from error

    def _converted(
        self, name: str, required: bool, default: object, convert: Callable[[str], object]
    ) -> object:
        value = self.params.get(name)
        if value is None:
            return _missing(name, required, default)
        if isinstance(value, list):
            value = value[-1]
        try:
            return convert(value)
        except ValueError as error:
            raise HTTPInvalidParam(str(error), name) from error


def _missing(name: str, required: bool, default: object) -> object:
    conversions.check_required(required)
    if required:
        raise HTTPMissingParam(name)
    return default


def _undecodable() -> HTTPBadRequest:
    return HTTPBadRequest(
        title="Invalid query string", description="The query string is not encoded in UTF-8."
    )
