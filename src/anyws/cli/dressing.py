"""What the options put around an application."""

from __future__ import annotations

from anyws._asgi.types import ASGIApp
from anyws.cli.access_log import AccessLog
from anyws.cli.options import ServeOptions
from anyws.cli.proxies import ForwardedHeaders


def dress(application: ASGIApp, options: ServeOptions) -> ASGIApp:
    """Put the access log around an application, and around that what proxies say of clients."""
    if options.access_log != "off":
        application = AccessLog(application, options.access_log)
    if options.trusted_proxies:
        application = ForwardedHeaders(application, options.trusted_proxies)
    return application
