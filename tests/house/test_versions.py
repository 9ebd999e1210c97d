"""One list of Pythons: what the package asks for, claims, is checked and is tested with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
CLAIMED = [
    match[1]
    for classifier in PYPROJECT["project"]["classifiers"]
    if (match := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", classifier))
]


def test_the_oldest_python_claimed_is_the_one_that_is_required() -> None:
    assert PYPROJECT["project"]["requires-python"] == f">={CLAIMED[0]}"


def test_no_python_is_left_out_between_the_oldest_and_the_newest() -> None:
    minors = [int(version.removeprefix("3.")) for version in CLAIMED]
    assert minors == list(range(minors[0], minors[-1] + 1))


def test_the_code_is_checked_as_the_oldest_python_reads_it() -> None:
    tools = PYPROJECT["tool"]
    assert tools["mypy"]["python_version"] == CLAIMED[0]
    assert tools["pyright"]["pythonVersion"] == CLAIMED[0]
    assert tools["ruff"]["target-version"] == "py" + CLAIMED[0].replace(".", "")


def test_the_noxfile_takes_its_pythons_from_the_classifiers() -> None:
    noxfile = (ROOT / "noxfile.py").read_text()
    assert "nox.project.python_versions(PYPROJECT)" in noxfile
    assert re.findall(r"\b3\.\d\d\b", noxfile) == []
