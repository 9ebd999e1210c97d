"""How near two names are to each other."""

from __future__ import annotations


def is_slip_of(name: str, meant: str) -> bool:
    """Tell whether one slip of a finger makes `name` out of `meant`.

    That is one letter too many, one too few, a wrong one, or two neighbours in the wrong order;
    upper and lower case are alike.
    """
    name, meant = name.lower(), meant.lower()
    if len(name) > len(meant):
        name, meant = meant, name
    start = 0
    while start < len(name) and name[start] == meant[start]:
        start += 1
    rest, rest_meant = name[start:], meant[start:]
    if len(name) < len(meant):
        return rest == rest_meant[1:]
    wrong_letter = rest[1:] == rest_meant[1:]
    swapped = rest[1::-1] + rest[2:] == rest_meant
    return wrong_letter or swapped
