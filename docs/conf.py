"""How Sphinx makes the pages."""

from __future__ import annotations

from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "anyws"
author = "the anyws authors"
copyright = "the anyws authors"  # the name that Sphinx asks for
release = version = installed_version("anyws")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.graphviz"]
# Diagrams are drawn when the pages are made, by `dot` (Debian's package graphviz).
graphviz_output_format = "svg"
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "anyws"

# What stands between single backticks in a docstring is code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}

myst_heading_anchors = 3

# The framework makes these: their constructors are nobody's business.
NOT_CONSTRUCTED = (
    "anyws.Request",
    "anyws.Response",
    "anyws.WebSocket",
    "anyws.testing.ASGIWebSocketSimulator",
    "anyws.testing.Result",
)


def _hide_constructor(_app: Sphinx, _what: str, name: str, *_: object) -> tuple[str, str] | None:
    return ("", "") if name in NOT_CONSTRUCTED else None


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-signature", _hide_constructor)
