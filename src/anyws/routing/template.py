"""URI templates, read into segments: text and fields, before any converter is looked up."""

from __future__ import annotations

import ast
import keyword
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias, cast

from anyws.errors.usage import UnacceptableRouteError


class Field(NamedTuple):
    """One `{name}` or `{name:converter(arguments)}` of a template, as it is written there."""

    name: str
    converter: str | None = None
    arguments: tuple[object, ...] = ()
    keywords: tuple[tuple[str, object], ...] = ()
    """Keyword arguments, sorted by name: their order in a template means nothing."""

    def __str__(self) -> str:
        if self.converter is None:
            return f"{{{self.name}}}"
        arguments = [repr(value) for value in self.arguments]
        arguments += [f"{name}={value!r}" for name, value in self.keywords]
        call = f"({', '.join(arguments)})" if arguments else ""
        return f"{{{self.name}:{self.converter}{call}}}"


Segment: TypeAlias = tuple[str | Field, ...]
"""What stands between two slashes: text, a field, or an alternation of both; `("",)` is nothing."""

_Arguments: TypeAlias = tuple[tuple[object, ...], tuple[tuple[str, object], ...]]

_FIELD = re.compile(r"(?P<name>[^:]*)(?::(?P<converter>[^(]*)(?P<arguments>\(.*\))?)?", re.DOTALL)
_TEXT = re.compile(r"[^{}/]+")


def parse_template(template: str) -> tuple[Segment, ...]:
    """Read a template into its segments; a trailing slash is a last segment of no text.

    Raises `UnacceptableRouteError`, with the template, the place and the remedy in its message,
    where the template is malformed. Whether a converter exists, and whether it takes these
    arguments, is not looked at. Raises `TypeError` for what is no str.
    """
    if not isinstance(cast("object", template), str):
        raise TypeError(
            f"uri_template is {template!r}, and no str; the template comes first, the resource"
            " second: add_route('/path', resource)"
        )
    if not template.startswith("/"):
        raise refusal(template, "it does not begin with '/'; put one in front")
    segments: list[Segment] = []
    parts: list[str | Field] = []
    names: set[str] = set()
    for position, token in _tokens(template):
        if token == "/":
            if not parts:
                raise _refusal_at(template, position, "an empty segment; write a single '/'")
            segments.append(tuple(parts))
            parts = []
        elif token[0] == "{":
            field = _parse_field(template, position, token[1:-1])
            if parts and isinstance(parts[-1], Field):
                problem = "two fields touch; put text between them, to say where the first ends"
                raise _refusal_at(template, position, problem)
            if field.name in names:
                problem = f"a second field named {field.name!r}; give each field its own name"
                raise _refusal_at(template, position, problem)
            names.add(field.name)
            parts.append(field)
        else:
            parts.append(token)
    segments.append(tuple(parts) if parts else ("",))
    return tuple(segments)


def refusal(template: str, problem: str) -> UnacceptableRouteError:
    """Make the error for a template that can't be taken; `problem` ends with the remedy."""
    return UnacceptableRouteError(f"URI template {template!r}: {problem}")


def _refusal_at(template: str, position: int, problem: str) -> UnacceptableRouteError:
    return refusal(template, f"at character {position + 1}, {problem}")


def _tokens(template: str) -> Iterator[tuple[int, str]]:
    """Cut what follows the first slash into `/`, `{…}` and text, each with its position."""
    position = 1
    while position < len(template):
        character = template[position]
        if character == "}":
            problem = "a '}' that closes nothing; remove it or open the field with '{'"
            raise _refusal_at(template, position, problem)
        if character == "/":
            end = position + 1
        elif character == "{":
            end = _end_of_field(template, position)
        else:
            text = _TEXT.match(template, position)
            end = position if text is None else text.end()
            _refuse_whitespace(template, position, end)
        yield position, template[position:end]
        position = end


def _refuse_whitespace(template: str, start: int, end: int) -> None:
    for position in range(start, end):
        if template[position].isspace():
            problem = f"whitespace ({template[position]!r}); remove it"
            raise _refusal_at(template, position, problem)


def _end_of_field(template: str, start: int) -> int:
    """Find the end of the field that opens at `start`; converter arguments may hold any text."""
    depth = 0
    quote = ""
    escaped = False
    for position in range(start + 1, len(template)):
        character = template[position]
        if escaped:
            escaped = False
        elif quote:
            escaped = character == "\\"
            quote = "" if character == quote else quote
        elif character == "}" and depth == 0:
            return position + 1
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character in "'\"" and depth:
            quote = character
    raise _refusal_at(template, start, "a '{' that is not closed; end the field with '}'")


def _parse_field(template: str, position: int, body: str) -> Field:
    shape = _FIELD.fullmatch(body)
    if shape is None:
        problem = f"the field '{{{body}}}' has text after its converter's arguments; remove it"
        raise _refusal_at(template, position, problem)
    name, converter, arguments = shape["name"], shape["converter"], shape["arguments"]
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
        problem = (
            f"the field name {name!r} can't be a keyword argument;"
            " use ASCII letters, digits and '_', and no Python keyword"
        )
        raise _refusal_at(template, position, problem)
    # A call finds an argument at once by a name that is the same object as the function's own.
    name = sys.intern(name)
    if converter is None:
        return Field(name)
    if not converter.isidentifier():
        problem = (
            f"the field {name!r} has the converter name {converter!r};"
            f" write '{{{name}:converter}}' without whitespace, or '{{{name}}}' for plain text"
        )
        raise _refusal_at(template, position, problem)
    if arguments is None:
        return Field(name, converter)
    call = _parse_call(arguments)
    if call is None:
        problem = (
            f"the field {name!r} has the arguments {arguments!r};"
            " write Python literals such as 1, 'text', True or min=1"
        )
        raise _refusal_at(template, position, problem)
    return Field(name, converter, *call)


def _parse_call(arguments: str) -> _Arguments | None:
    """Evaluate `(1, 'text', name=True)`; None unless all of them are literals."""
    try:
        call = ast.parse(f"_{arguments}", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return None
    try:
        positional = tuple(ast.literal_eval(argument) for argument in call.args)
        keywords = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    named = [(name, value) for name, value in keywords.items() if name is not None]
    # A name given twice has lost one of its values here, and `**mapping` has no name.
    if len(named) != len(call.keywords):
        return None
    return positional, tuple(sorted(named, key=lambda item: item[0]))
