"""What in an application can't be meant so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from anyws.app.application import registry_of
from anyws.inspection.mistakes.arguments import find_missing_parameters
from anyws.inspection.mistakes.cookies import find_open_cookies
from anyws.inspection.mistakes.mistake import Mistake
from anyws.inspection.mistakes.names import find_misspelt_methods, find_uncalled_responders
from anyws.inspection.mistakes.options import find_options_without_effect
from anyws.inspection.mistakes.routes import find_dead_routes
from anyws.inspection.mistakes.shadows import find_shadowed
from anyws.inspection.wrapping import require_app

if TYPE_CHECKING:
    from anyws.app.registry import Registry

__all__ = ["Mistake", "find_mistakes"]

_Search: TypeAlias = "Callable[[Registry], Iterator[Mistake]]"

_SEARCHES: Final[tuple[_Search, ...]] = (
    find_uncalled_responders,
    find_misspelt_methods,
    find_missing_parameters,
    find_dead_routes,
    find_shadowed,
    find_options_without_effect,
    find_open_cookies,
)


def find_mistakes(application: object) -> tuple[Mistake, ...]:
    """Give what is surely wrong with an `App`, also with one behind ASGI middleware.

    Found are: responders and methods of middleware that nothing calls, by their names; responders
    that do not take the fields of their template; routes that another one has replaced or that no
    path reaches; sinks and static routes that something else answers for; options of resources
    without effect; WebSockets that go by cookies and are open to pages of any origin.

    What depends on how the program runs is not looked at. With a router of the program's own,
    routes are not known, and only the rest is found. Raises `TypeError` where there is no `App`.
    """
    registry = registry_of(require_app(application))
    # A class of which several resources are made has its mistakes once.
    found = dict.fromkeys(mistake for search in _SEARCHES for mistake in search(registry))
    return tuple(found)
