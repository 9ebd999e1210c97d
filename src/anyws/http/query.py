"""The query string, as parameters (the form encoding of the WHATWG URL standard, section 5)."""

from __future__ import annotations

from typing import TypeAlias

from anyws._imports import url_parsing

Params: TypeAlias = dict[str, str | list[str]]


def parse_query_string(query: str, *, keep_blank: bool, csv: bool) -> Params:
    """Read `a=1&b=2&a=3` as `{'a': ['1', '3'], 'b': '2'}`.

    `keep_blank` keeps parameters without a value as `''`; `csv` makes a list of a value with
    commas, those that are percent-encoded aside. Raises `ValueError` where what is
    percent-encoded is not UTF-8.
    """
    params: Params = {}
    for pair in query.split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        parts = value.split(",") if csv and "," in value else [value]
        values = [_decode(part) for part in parts if part or keep_blank]
        if values:
            _add(params, _decode(name), values, is_list=len(parts) > 1)
    return params


def _add(params: Params, name: str, values: list[str], *, is_list: bool) -> None:
    known = params.get(name)
    if known is None:
        params[name] = values if is_list else values[0]
    elif isinstance(known, list):
        known.extend(values)
    else:
        params[name] = [known, *values]


def _decode(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    return url_parsing.unquote_to_bytes(text).decode()
