"""What can be asked of this tree: `nox --list` shows it, `nox` runs all of it.

Nothing is ever downloaded but packages: a Python that is not on this machine is skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"

PYPROJECT = nox.project.load_toml("pyproject.toml")
OLDEST, *NEWER = nox.project.python_versions(PYPROJECT)
PYTHON_SOURCES = ("src", "tests", "benchmarks", "examples", "docs", "noxfile.py")
BACKENDS = ("asyncio", "uvloop", "trio")


def group(name: str) -> list[str]:
    """The requirements of one of pyproject.toml's dependency groups."""
    return list(nox.project.dependency_groups(PYPROJECT, name))


def interpreter(version: str) -> str:
    """A Python of that version: one that starts from PATH, else one that pyenv or uv keeps."""
    command = f"python{version}"
    kept = [
        *Path.home().glob(f".pyenv/versions/{version}.*/bin/{command}"),
        *Path.home().glob(f".local/share/uv/python/cpython-{version}.*/bin/{command}"),
    ]
    for candidate in (shutil.which(command), *map(str, sorted(kept))):
        if candidate is not None and _starts(candidate):
            return candidate
    return version


def _starts(candidate: str) -> bool:
    """Whether it is an interpreter, and not a shim for one that is switched off."""
    return subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0


@nox.session
@nox.parametrize("backend", [nox.param(name, id=name) for name in BACKENDS])
def tests(session: nox.Session, backend: str) -> None:
    """All tests on one backend."""
    session.install("-e", ".", *group("test"))
    session.run("pytest", "--backend", backend, *session.posargs)


def _tests_on(version: str) -> None:
    @nox.session(name=f"tests-{version}", python=interpreter(version))
    def tests_on(session: nox.Session) -> None:
        """All tests on a further Python."""
        session.install("-e", ".", *group("test"))
        session.run("pytest", *session.posargs)


for _version in NEWER:
    _tests_on(_version)


@nox.session(default=False)
@nox.parametrize("backend", [nox.param(name, id=name) for name in BACKENDS])
def fuzz(session: nox.Session, backend: str) -> None:
    """The tests that try at random, for twenty times as long, or ANYWS_FUZZ_STEPS times."""
    session.install("-e", ".", *group("test"))
    session.run(
        "pytest",
        "tests/websocket/test_model.py",
        "tests/websocket/test_hostile_scopes.py",
        *("--backend", backend, "-o", "faulthandler_timeout=0"),
        *session.posargs,
        env={"ANYWS_FUZZ_STEPS": os.environ.get("ANYWS_FUZZ_STEPS", "20")},
    )


@nox.session
def coverage(session: nox.Session) -> None:
    """All tests on all backends, and the share of the package that they run."""
    session.install("-e", ".", *group("test"))
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *session.posargs)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session
def lint(session: nox.Session) -> None:
    """Style and layout of the code."""
    session.install(*group("lint"))
    session.run("ruff", "check", *PYTHON_SOURCES)
    session.run("ruff", "format", "--check", *PYTHON_SOURCES)


@nox.session
def types(session: nox.Session) -> None:
    """The types: strict inside, and complete for those who import the package."""
    session.install("-e", ".", *group("types"))
    session.run("mypy", *PYTHON_SOURCES)
    session.run("pyright", "--verifytypes", "anyws", "--ignoreexternal")


@nox.session
def layers(session: nox.Session) -> None:
    """Imports go down."""
    session.install("-e", ".", *group("layers"))
    session.run("lint-imports", "--no-cache", "--no-logo")


@nox.session
def docs(session: nox.Session) -> None:
    """The pages, with warnings as errors."""
    session.install("-e", ".[server]", *group("docs"))
    session.run("sphinx-build", "-W", "--keep-going", "-E", "-q", "docs", "docs/_build/html")


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """What anyws costs beside its peers: every benchmark, or those that are named."""
    session.install("-e", ".[server]", *group("bench"))
    found = sorted(path.stem for path in Path("benchmarks").glob("[!_]*.py"))
    for name in session.posargs or found:
        session.run("python", "-m", f"benchmarks.{name}")
