"""What can be set for the router."""

from __future__ import annotations

from dataclasses import dataclass, field

from anyws._options import Options, flag, instance_of
from anyws.routing.converters import BUILTIN_CONVERTERS, ConverterClass


@dataclass(kw_only=True, slots=True)
class RouterOptions(Options):
    """What `app.router_options` holds; it is read when a route is added."""

    converters: dict[str, ConverterClass] = field(
        default_factory=lambda: {**BUILTIN_CONVERTERS}, metadata=instance_of(dict)
    )
    """The converters that templates can name. Add your own to those that are there:
    `app.router_options.converters["hex"] = HexConverter`."""

    default_to_on_request: bool = field(default=False, metadata=flag())
    """Whether the HTTP methods that a resource lacks go to its `on_request`, if it has one."""
