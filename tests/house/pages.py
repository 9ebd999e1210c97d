"""The programs that the pages show, to be run."""

from __future__ import annotations

import runpy
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from anyws import App

DOCS = Path(__file__).parents[2] / "docs"


def app_of(page: str) -> App:
    """The application that a program on a page makes."""
    app = runpy.run_path(str(DOCS / page))["app"]
    assert isinstance(app, App)
    return app


def module_of(page: str) -> ModuleType:
    """A program on a page, as a module."""
    spec = spec_from_file_location("shown", DOCS / page)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
