"""File names that clients send, as names that a file may have."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST: Final = 255
_LONGEST_SUFFIX: Final = 32
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
# A hidden file, the name of an option, what Windows drops.
_UNSAFE_END: Final = re.compile(r"^[.-]+|\.+$")
# Windows opens a device for these, whatever the suffix.
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def secure_filename(filename: str) -> str:
    """Turn a name that comes from outside into one that is safe to be a file's, in one directory.

    Directories are left out. What remains has ASCII letters, digits, '.', '_' and '-', begins
    with neither '.' nor '-', and has 255 characters at most, its suffix kept. Different names may
    become the same one. Raises `ValueError` if there is no name.
    """
    name = re.split(r"[/\\]", filename)[-1]
    if not name:
        raise ValueError(f"{filename!r} names no file")
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    safe = _UNSAFE_END.sub("_", _UNSAFE.sub("_", plain) or "_")
    if _DEVICE.match(safe):
        safe = f"_{safe}"
    return _shortened(safe)


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > _LONGEST_SUFFIX:
        return name[:_LONGEST]
    return f"{stem[: _LONGEST - len(suffix) - 1]}.{suffix}"
