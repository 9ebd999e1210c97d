"""The application: what is registered, and how each kind of scope is served."""

from __future__ import annotations

from anyws.app.application import App

__all__ = ["App"]
