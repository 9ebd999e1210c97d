"""The media handler of HTML forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import BinaryIO, TypeAlias, cast

from anyws._imports import url_parsing
from anyws.media.base import BaseHandler, malformed
from anyws.media_types import MEDIA_URLENCODED

Form: TypeAlias = dict[str, str | list[str]]


class URLEncodedFormHandler(BaseHandler):
    """Bodies of `application/x-www-form-urlencoded` (WHATWG URL, section 5), in UTF-8.

    A form is a dict; a name that occurs more than once has a list. `keep_blank` keeps fields
    without a value as ''. An empty body is an empty form.
    """

    def __init__(self, *, keep_blank: bool = True) -> None:
        self._keep_blank = keep_blank

    def serialize(self, media: object, content_type: str) -> bytes:
        """Return a mapping, or a list of pairs, as a form; a list of values repeats its name.

        Anything else is a TypeError.
        """
        fields = cast("Mapping[str, object] | Sequence[tuple[str | bytes, object]]", media)
        return url_parsing.urlencode(fields, doseq=True).encode()

    def deserialize(
        self, stream: BinaryIO, content_type: str | None, content_length: int | None
    ) -> Form:
        """Return the form. Raises `MediaMalformedError` if it is not UTF-8."""
        body = stream.read()
        try:
            return parse_form(body, keep_blank=self._keep_blank)
        except UnicodeDecodeError as error:
            raise malformed(MEDIA_URLENCODED, error) from error


def parse_form(body: bytes, *, keep_blank: bool) -> Form:
    """Return the fields of a form. What is not UTF-8, encoded or not, is a UnicodeDecodeError."""
    form: Form = {}
    text = str(body, "utf-8")
    for name, value in url_parsing.parse_qsl(text, keep_blank_values=keep_blank, errors="strict"):
        earlier = form.get(name)
        if earlier is None:
            form[name] = value
        elif isinstance(earlier, list):
            earlier.append(value)
        else:
            form[name] = [earlier, value]
    return form
