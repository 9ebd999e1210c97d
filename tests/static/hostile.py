"""A directory with everything around it that must stay there, and the paths that ask for it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final
from urllib.parse import quote

SECRET: Final = b"not one byte of this"
"""The content of every file outside of the directory."""
FALLBACK: Final = b"<html>"

CHAIN: Final = 2000
"""Links of the longest chain of links: more than a kernel follows, or Python in a recursion."""


def make_directory(parent: Path) -> Path:
    """Make the directory that is served, and what lies around it."""
    public = parent / "static"
    (public / "sub").mkdir(parents=True)
    (public / "index.html").write_bytes(FALLBACK)
    (public / "sub" / "page.txt").write_bytes(b"page")
    (parent / "secret").write_bytes(SECRET)
    # Names that begin as that of the directory does.
    for name in ("static-secret", "static.secret", "staticsecret", "static secret", "Static"):
        (parent / name).mkdir()
        (parent / name / "secret").write_bytes(SECRET)
    _make_links(public, parent)
    _make_specials(public)
    return public


def _make_links(public: Path, parent: Path) -> None:
    links: dict[str, str | Path] = {
        "link-to-file": parent / "secret",
        "link-to-file-by-relative-path": "../secret",
        "link-to-directory": parent,
        "link-to-directory-by-relative-path": "..",
        "link-to-sibling": parent / "static-secret",
        "link-to-root": "/",
        "link-to-etc": "/etc",
        "link-to-environment": "/proc/self/environ",
        "link-to-descriptor": "/dev/fd/0",
        "link-to-null": "/dev/null",
        "link-to-zero": "/dev/zero",
        "link-to-terminal": "/dev/tty",
        "link-to-nothing": "nothing",
        "link-to-nothing-outside": parent / "nothing",
        "link-to-pipe": "pipe",
        "link-to-socket": "socket",
        "link-to-itself": "link-to-itself",
        "link-around-1": "link-around-2",
        "link-around-2": "link-around-1",
        "link-to-name-too-long": "x" * 255,
        "link-to-absent-sub": "sub/../../secret",
        "sub/link-up": "../..",
        "chain-0": parent / "secret",
        "long-0": "index.html",
    }
    links |= {f"chain-{number}": f"chain-{number - 1}" for number in range(1, 30)}
    links |= {f"long-{number}": f"long-{number - 1}" for number in range(1, CHAIN)}
    for name, target in links.items():
        (public / name).symlink_to(target)


def _make_specials(public: Path) -> None:
    os.mkfifo(public / "pipe")
    before = Path.cwd()
    with socket.socket(socket.AF_UNIX) as server:
        # The name of a socket is limited to about 100 characters.
        os.chdir(public)
        try:
            server.bind("socket")
        finally:
            os.chdir(before)


LINKED: Final = [
    "link-to-file",
    "link-to-file-by-relative-path",
    "link-to-directory",
    "link-to-directory/",
    "link-to-directory/secret",
    "link-to-directory/static-secret/secret",
    # It leads out, and in again: where a path leads is what counts.
    "link-to-directory/static/link-to-file",
    "link-to-directory-by-relative-path/secret",
    "link-to-sibling/secret",
    "link-to-root/etc/passwd",
    "link-to-root/proc/self/environ",
    "link-to-root/dev/null",
    "link-to-etc/passwd",
    "link-to-etc/hostname",
    "link-to-environment",
    "link-to-nothing",
    "link-to-nothing-outside",
    "link-to-itself",
    "link-to-itself/x",
    "link-around-1",
    "link-to-name-too-long",
    "link-to-absent-sub",
    "sub/link-up/secret",
    "sub/link-up/static/link-to-file",
    "chain-29",
]
SPECIAL: Final = [
    "pipe",
    "socket",
    "link-to-pipe",
    "link-to-socket",
    "link-to-null",
    "link-to-zero",
    "link-to-terminal",
    "link-to-descriptor",
    "link-to-root/dev/zero",
    "sub",
    "sub/.",
    ".",
    "",
]

# Each way to write a dot, a separator and the name of the secret, of which all are combined.
DOTS: Final = {
    "plain": "..",
    "encoded": "%2e%2e",
    "half encoded": ".%2E",
    "doubly encoded": "%252e%252e",
    "triply encoded": "%25252e%25252e",
    "overlong in two bytes": "%c0%ae%c0%ae",
    "overlong in three bytes": "%e0%80%ae%e0%80%ae",
    "overlong in four bytes": "%f0%80%80%ae%f0%80%80%ae",
    "full width": "%ef%bc%8e%ef%bc%8e",
    "one dot leader": "%e2%80%a4%e2%80%a4",
    "two dot leader": "%e2%80%a5",
    "with NUL": "..%00",
    "with a semicolon": "..;",
    "with a blank": "..%20",
    "in UTF-7": "+AC4-+AC4-",
    "as Microsoft had it": "%u002e%u002e",
}
SEPARATORS: Final = {
    "plain": "/",
    "encoded": "%2f",
    "doubly encoded": "%252F",
    "a backslash": "\\",
    "an encoded backslash": "%5c",
    "a doubly encoded backslash": "%255c",
    "overlong": "%c0%af",
    "full width": "%ef%bc%8f",
    "a division slash": "%e2%88%95",
    "both": "/\\",
    "twice": "//",
    "with a dot": "/./",
}
CLIMBING: Final = [
    f"{prefix}{dots}{separator}secret"
    for prefix, (dots, separator) in product(
        ("", "sub/../"), product(DOTS.values(), SEPARATORS.values())
    )
]
FARTHER: Final = [
    *("../" * depth + "etc/passwd" for depth in (1, 3, 10, 100, 2000)),
    *("%2e%2e%2f" * depth + "etc%2fpasswd" for depth in (1, 10, 100)),
    *("..\\" * depth + "windows\\win.ini" for depth in (1, 10)),
    *("../static" * depth + "/../secret" for depth in (1, 10)),
    "sub/../../secret",
    "sub/../../../../../../etc/passwd",
    "sub/..",
    "sub/../",
    "nothing/../index.html",
    "nothing/../../secret",
    "index.html/../../secret",
    "index.html/..",
    "..",
    "../",
    "../static/index.html",
    "....//secret",
    "....\\/secret",
    "..././secret",
    ".../...//secret",
    "..%2f",
    "%2e%2e",
    "%2e%2e/",
]
CONFUSED: Final = [
    "../static-secret/secret",
    "../static.secret/secret",
    "../Static/secret",
    "%2e%2e%2fstatic-secret%2fsecret",
    "../static%20secret/secret",
    "..%2fstaticsecret/secret",
]
ABSOLUTE: Final = [
    "/etc/passwd",
    "//etc/passwd",
    "///etc/passwd",
    "%2fetc%2fpasswd",
    "%252fetc%252fpasswd",
    "/",
    "//",
    "/index.html",
    "//index.html",
    "sub//page.txt",
    "sub///page.txt",
    "~root/.bashrc",
    "~/.ssh/id_rsa",
    "$HOME/.bashrc",
    "${HOME}",
    "%24HOME",
    "`id`",
    "file:///etc/passwd",
    "http://localhost/secret",
    "*",
    "[a-z]*",
]
WINDOWS: Final = [
    "C:/windows/win.ini",
    "C:\\windows\\win.ini",
    "C:windows/win.ini",
    "c%3a%5cwindows%5cwin.ini",
    "\\\\server\\share\\x",
    "//server/share/x",
    "\\\\?\\C:\\windows\\win.ini",
    "//?/C:/windows/win.ini",
    "//./pipe/x",
    "\\\\.\\PhysicalDrive0",
    "index.html::$DATA",
    "index.html:stream",
    "INDEX~1.HTM",
    *("CON", "con", "NUL", "nul.txt", "AUX.html", "PRN", "COM1", "lpt1.txt", "CONIN$", "CLOCK$"),
    "sub/NUL",
    "index.html.",
    "index.html...",
    "index.html%20",
    "index.html. .",
    "index.html%20.",
    " index.html",
    "sub./page.txt",
    "sub%20/page.txt",
]
CONTROLS: Final = [
    *(f"index.html%{code:02x}" for code in (*range(0x20), 0x7F)),
    *(f"%{code:02x}index.html" for code in (0, 9, 10, 13, 0x1B)),
    "index.html%00.png",
    "index.html%2500.png",
    "..%00/secret",
    "%00/../secret",
    "secret%00",
    "%00",
    "%0d%0aSet-Cookie:%20a=1",
    "index.html%c2%85",
    "index.html%c2%80",
    "index.html%e2%80%ae",
    "index.html%e2%80%a8",
    "%ef%bb%bfindex.html",
    "index.html%e2%80%8b",
]
NOT_UTF8: Final = [
    *(f"index%{code:02x}.html" for code in (0x80, 0xA0, 0xC0, 0xC1, 0xE9, 0xF5, 0xFE, 0xFF)),
    "%ff%fe%2e%00%2e%00",
    "index.html%c3",
    "%e2%82",
    "%ed%a0%80",
    "%ed%b0%af",
    "%f4%90%80%80",
    "caf%e9/secret",
]
TRAILING: Final = [
    "index.html/",
    "index.html//",
    "index.html/.",
    "index.html/./",
    "index.html%2f",
    "index.html\\",
    "index.html/x",
    "sub/page.txt/",
    "sub/page.txt/x",
    "./index.html",
    "sub/./page.txt",
    "%2e/index.html",
]
LONG: Final = [
    "x" * 255,
    "x" * 256,
    "x" * 5000,
    "x" * 100_000,
    "x/" * 5000 + "x",
    "sub/" * 5000 + "page.txt",
    "../" * 50_000 + "etc/passwd",
    "%2e" * 30_000,
    "%25" * 30_000 + "2e",
    "/" * 50_000,
    # Each of these is 18 characters in another form.
    "%ef%b7%ba" * 3000,
    "sub/link-up/static/" * 200 + "secret",
]

TABLE: Final = {
    "links": LINKED,
    "no regular files": SPECIAL,
    "climbing": CLIMBING,
    "climbing farther": FARTHER,
    "names that begin alike": CONFUSED,
    "absolute paths": ABSOLUTE,
    "names of Windows": WINDOWS,
    "control characters": CONTROLS,
    "no UTF-8": NOT_UTF8,
    "trailing slashes and dots": TRAILING,
    "long names": LONG,
}
"""Paths below the prefix as they stand in a request, by what is wrong with them."""


def as_sent(path: str) -> str:
    """Write a path as a request line can have it: what may not stand there is encoded."""
    return quote(path, safe="/%:@!$&'()*+,;=-._~\\[]{}`|^")


def beside(prefix: str) -> Iterator[str]:
    """Give paths that begin as a prefix does, and are not below it."""
    for more in ("-secret", ".secret", "secret", "%2dsecret", "%20secret", "%2f..", "..", "%00"):
        yield f"{prefix}{more}/secret"
    yield from ("/../secret", "//etc/passwd", "/%2e%2e/secret", f"/{prefix}/index.html")
    yield f"{prefix.upper()}/index.html"
    yield f"/.{prefix}/index.html"
    yield f"/x/..{prefix}/index.html"
