"""Fields, each bound to the converter that its template names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from anyws.routing.converters import Converter, ConverterClass, PathConverter
from anyws.routing.template import Field, refusal


class BoundField(NamedTuple):
    """A field, with the converter that was made for it; None takes the text as it is."""

    field: Field
    converter: Converter[object] | None

    @property
    def convert(self) -> Callable[[str], object]:
        """What gives the value of a text, or None."""
        return str if self.converter is None else self.converter.convert

    @property
    def takes_rest(self) -> bool:
        """Whether the value is the rest of the path and not one segment of it."""
        return isinstance(self.converter, PathConverter)

    def agrees_with(self, other: BoundField) -> bool:
        """Tell whether two fields give the same values under the same name."""
        return self.field == other.field and type(self.converter) is type(other.converter)


def bind_field(
    template: str, field: Field, converters: Mapping[str, ConverterClass]
) -> BoundField:
    """Make the converter of a field.

    Raises `UnacceptableRouteError` for a converter that is not in `converters`, that refuses its
    arguments, or that can't convert.
    """
    if field.converter is None:
        return BoundField(field, None)
    converter_class = converters.get(field.converter)
    if converter_class is None:
        raise refusal(
            template,
            f"the field '{field}' has an unknown converter; use one of"
            f" {', '.join(sorted(converters))}, or none for a str, or add {field.converter!r} to"
            " router_options.converters",
        )
    if not callable(converter_class):
        raise refusal(
            template,
            f"the field '{field}' has a converter that is {converter_class!r}; put the class"
            " itself into router_options.converters",
        )
    # A protocol says nothing about constructors.
    make: Callable[..., Converter[object]] = converter_class
    try:
        converter = make(*field.arguments, **dict(field.keywords))
    except Exception as error:
        problem = f"the field '{field}' has arguments that its converter refuses: {error}"
        raise refusal(template, f"{problem}; correct them") from error
    if not callable(getattr(converter, "convert", None)):
        raise refusal(
            template,
            f"the field '{field}' has a converter without a method 'convert';"
            f" add one to {type(converter).__qualname__}",
        )
    return BoundField(field, converter)


def check_agreement(
    template: str, field: BoundField, earlier_template: str, earlier_field: BoundField
) -> None:
    """Raise `UnacceptableRouteError` where two fields share a place and contradict each other."""
    if field.agrees_with(earlier_field):
        return
    problem = (
        f"its field '{field.field}' stands where {earlier_template!r}, added earlier, has"
        f" '{earlier_field.field}'"
    )
    if field.field == earlier_field.field:
        problem += " with another class of that name in router_options.converters"
    raise refusal(template, f"{problem}; write the same field in both")
