"""The application behind what was put around it."""

from __future__ import annotations

from anyws.app import App


def find_app(application: object) -> App | None:
    """Give an `App`, or the one behind ASGI middleware that keeps what it wraps in `.app`.

    None where there is no such chain to one: behind a function, for example.
    """
    seen: set[int] = set()
    while application is not None and id(application) not in seen:
        if isinstance(application, App):
            return application
        seen.add(id(application))
        application = getattr(application, "app", None)
    return None


def require_app(application: object) -> App:
    """Give what `find_app` does. Raises `TypeError` where that is None."""
    app = find_app(application)
    if app is None:
        raise TypeError(
            f"there is no anyws.App to be found in {application!r}: pass the App itself, or ASGI"
            " middleware that keeps what it wraps as its attribute 'app'"
        )
    return app
