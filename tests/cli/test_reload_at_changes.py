"""`anyws serve --reload`: what is saved is loaded."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.crews import asked, close_code, crew, end, join, write_crew


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    """Sockets that are closed after the test."""
    with ExitStack() as stack:
        yield stack


def test_a_change_loads_the_new_code_on_the_same_port(tmp_path: Path, sockets: ExitStack) -> None:
    with crew(tmp_path, "--reload") as server:
        _, connection = join(server, sockets)
        write_crew(tmp_path, "newer")
        assert close_code(connection) == 1012
        server.wait_for("anyws: crew.py changed, starting anew")
        server.wait_for(server.banner)
        assert asked(server)[1] == "newer"
        assert end(server, signal.SIGINT) == (0, "")


def test_broken_code_is_shown_and_the_next_change_tries_again(tmp_path: Path) -> None:
    with crew(tmp_path, "--reload") as server:
        (tmp_path / "crew.py").write_text("1 / 0")
        server.wait_for("ZeroDivisionError: division by zero")
        server.wait_for("anyws: importing crew failed, see the ZeroDivisionError above")
        write_crew(tmp_path, "mended")
        server.wait_for(server.banner)
        assert asked(server)[1] == "mended"
        assert end(server, signal.SIGINT) == (0, "")


def test_a_file_that_is_not_python_changes_nothing(tmp_path: Path) -> None:
    with crew(tmp_path, "--reload") as server:
        before = asked(server)
        (tmp_path / "notes.txt").write_text("changed")
        (tmp_path / "__pycache__").mkdir(exist_ok=True)
        (tmp_path / "other.py").write_text("")
        server.wait_for("anyws: other.py changed, starting anew")
        server.wait_for(server.banner)
        assert asked(server) != before
        assert end(server, signal.SIGINT) == (0, "")


def test_the_package_that_is_missing_comes_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "without.py").write_text(
        "import sys; sys.modules['watchfiles'] = None\n"
        "from anyws.cli import main\n"
        "sys.exit(main(['serve', 'crew:app', '--port', '0', '--reload']))\n"
    )
    done = subprocess.run(
        [sys.executable, "without.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == (
        "anyws: the package watchfiles is not installed: pip install watchfiles, or serve without"
        " --reload\n"
    )
