"""What header properties write: from a value of Python to the text of a field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypeAlias

from anyws._dates import format_http_date
from anyws._imports import url_parsing
from anyws.headers import check_text
from anyws.http.etags import ETag

ContentRange: TypeAlias = str | tuple[int, int, int | str] | tuple[int, int, int | str, str]

# Reserved and encoded already: they stay (RFC 3986, section 2.2).
_URI: Final = "%:/?#[]@!$&'()*+,;="
# What an extended parameter carries as it is (RFC 8187, section 3.2.1).
_EXTENDED: Final = "!#$&+^`|"


def write_text(value: str) -> str:
    """Write a str as it is."""
    return value


def write_list(value: str | Iterable[str]) -> str:
    """Write a str as it is, and several joined with commas."""
    return value if isinstance(value, str) else ", ".join(value)


def write_count(value: int | str) -> str:
    """Write a number; raise `ValueError` for anything but a whole one from 0 on."""
    text = str(value)
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"a number of bytes or seconds is a whole one from 0 on, not {value!r}")
    return text


def write_date(value: datetime | str) -> str:
    """Write a datetime, in UTC where it has no time zone, as an HTTP date."""
    return format_http_date(value) if isinstance(value, datetime) else value


def write_delay(value: int | datetime | str) -> str:
    """Write a number of seconds, or a moment."""
    return write_count(value) if isinstance(value, int) else write_date(value)


def write_etag(value: str) -> str:
    """Write an `ETag`, or a str with or without its quotes; `ValueError` for what is no tag."""
    if isinstance(value, ETag):
        value = value.dumps()
    elif not value.endswith('"'):
        value = f'"{value}"'
    return ETag.loads(value).dumps()


def write_uri(value: str) -> str:
    """Write a URI reference in ASCII; what is reserved or encoded already stays as it is."""
    check_text("a URI", value)
    return url_parsing.quote(value, safe=_URI)


def write_content_range(value: ContentRange) -> str:
    """Write `(first, last, length)`, with a unit as a fourth; '*' is an unknown length."""
    if isinstance(value, str):
        return value
    first, last, length, unit = (*value, "bytes")[:4]
    return f"{unit} {first}-{last}/{length}"


def write_attachment(filename: str) -> str:
    """Have the client save the body under a name."""
    return _write_disposition("attachment", filename)


def write_inline(filename: str) -> str:
    """Have the client show the body, and know a name to save it under."""
    return _write_disposition("inline", filename)


def quoted_string(text: str) -> str:
    """Write a text in quotes: RFC 9110, section 5.6.4."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def extended_value(text: str, language: str = "") -> str:
    """Write a text that is not ASCII as an extended parameter's value: RFC 8187, section 3.2."""
    return f"UTF-8'{language}'{url_parsing.quote(text, safe=_EXTENDED)}"


def _write_disposition(kind: str, filename: str) -> str:
    """Write Content-Disposition: RFC 6266, with a readable name for clients of old."""
    check_text("a file's name", filename)
    if filename.isascii():
        return f"{kind}; filename={quoted_string(filename)}"
    plain = unicodedata.normalize("NFKD", filename)
    plain = "".join(character if character.isascii() else "_" for character in plain)
    return f"{kind}; filename={quoted_string(plain)}; filename*={extended_value(filename)}"
