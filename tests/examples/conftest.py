"""The examples, each as a module of its own for every test."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest


@pytest.fixture
def example(request: pytest.FixtureRequest) -> ModuleType:
    """The example that a test module is named after, as new."""
    name = request.module.__name__.rpartition(".test_")[2]
    return importlib.reload(importlib.import_module(f"examples.{name}"))
