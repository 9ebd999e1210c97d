"""Names of files that come from outside."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws.media.multipart.filenames import secure_filename


@pytest.mark.parametrize(
    ("filename", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("My report (1).pdf", "My_report_1_.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("/etc/", None),
        ("..", "_"),
        (".htaccess", "_htaccess"),
        ("-rf", "_rf"),
        ("a.", "a_"),
        ("Ärger naïve.txt", "Arger_naive.txt"),
        ("ﬁle.txt", "file.txt"),
        ("\N{FULLWIDTH SOLIDUS}etc\N{FULLWIDTH SOLIDUS}passwd", "_etc_passwd"),
        ("文書.txt", "_.txt"),
        ("文書", "_"),
        ("a\0b\r\nc.txt", "a_b_c.txt"),
        ("NUL", "_NUL"),
        ("com1.txt", "_com1.txt"),
        ("console.txt", "console.txt"),
        ("", None),
    ],
)
def test_a_name_is_made_safe(filename: str, safe: str | None) -> None:
    if safe is None:
        with pytest.raises(ValueError, match="names no file"):
            secure_filename(filename)
    else:
        assert secure_filename(filename) == safe


@pytest.mark.parametrize(
    ("filename", "safe"),
    [
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
        ("x" * 300, "x" * 255),
        ("x." + "y" * 300, "x." + "y" * 253),
    ],
)
def test_a_long_name_is_shortened_and_keeps_its_suffix(filename: str, safe: str) -> None:
    assert secure_filename(filename) == safe


@given(st.text(min_size=1).filter(lambda text: text[-1] not in "/\\"))
def test_any_name_becomes_one_that_is_safe(filename: str) -> None:
    safe = secure_filename(filename)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}", safe)
    assert not safe.endswith(".")
    assert secure_filename(safe) == safe
