"""Links in a header field: RFC 8288."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from anyws.headers import check_text, is_token
from anyws.http.header_values import extended_value, quoted_string, write_uri

_CROSSORIGIN: Final = {
    "anonymous": "crossorigin",
    "use-credentials": 'crossorigin="use-credentials"',
}


def format_link(
    target: str,
    rel: str,
    *,
    title: str | None,
    title_star: tuple[str, str] | None,
    anchor: str | None,
    hreflang: str | Iterable[str] | None,
    type_hint: str | None,
    crossorigin: str | None,
    link_extension: Iterable[tuple[str, str]] | None,
) -> str:
    """Write one link: its target, its relation, and the parameters that are not None."""
    parts = [f"<{write_uri(target)}>", f"rel={_relation(rel)}"]
    if title is not None:
        parts.append(f"title={quoted_string(title)}")
    if title_star is not None:
        language, text = title_star
        parts.append(f"title*={extended_value(text, language)}")
    if type_hint is not None:
        parts.append(f"type={quoted_string(type_hint)}")
    parts.extend(f"hreflang={language}" for language in _languages(hreflang))
    if anchor is not None:
        parts.append(f"anchor={quoted_string(write_uri(anchor))}")
    if crossorigin is not None:
        parts.append(_cross_origin(crossorigin))
    parts.extend(f"{name}={quoted_string(value)}" for name, value in link_extension or ())
    return "; ".join(parts)


def _relation(rel: str) -> str:
    """Write the relation types, which are words or URIs, in quotes unless it is one word."""
    check_text("rel", rel)
    if is_token(rel):
        return rel
    return quoted_string(" ".join(write_uri(word) for word in rel.split()))


def _languages(hreflang: str | Iterable[str] | None) -> Iterator[str]:
    if hreflang is None:
        return iter(())
    return iter((hreflang,) if isinstance(hreflang, str) else hreflang)


def _cross_origin(crossorigin: str) -> str:
    try:
        return _CROSSORIGIN[crossorigin.lower()]
    except KeyError:
        raise ValueError(
            f"crossorigin must be 'anonymous' or 'use-credentials', not {crossorigin!r}"
        ) from None
