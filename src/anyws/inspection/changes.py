"""Options that are not what they are by default."""

from __future__ import annotations

import dataclasses

from anyws._options import Options


def changed_options(options: Options) -> dict[str, object]:
    """Give the options that differ from the defaults, by name; media handlers are left out."""
    usual = type(options)()
    return {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(options)
        if field.name != "media_handlers"
        and getattr(options, field.name) != getattr(usual, field.name)
    }
