"""What the command says, and what becomes of it where nobody listens."""

from __future__ import annotations

import io
import sys

import pytest

from anyws.cli.complaints import say, tell


class Deaf(io.StringIO):
    """The end of a pipe whose reader has left."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_line_has_the_name_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    say("the port is in use")
    tell("as it is")
    assert capsys.readouterr().err == "anyws: the port is in use\nas it is"


def test_what_nobody_reads_any_more_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Deaf())
    say("the port is in use")
    tell("as it is")
