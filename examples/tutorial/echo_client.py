"""Talk to the echo: `python -m examples.tutorial.echo_client [URI]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from websockets.sync.client import connect


def typed(prompt: str) -> Iterator[str]:
    """What the user types, line by line, until a q or the end of the input."""
    while True:
        try:
            line = input(prompt)
        except EOFError:
            return
        if line.casefold() == "q":
            return
        yield line


def main(uri: str = "ws://127.0.0.1:8000/echo") -> None:
    """Send what is typed, print what comes back."""
    with connect(uri) as socket:
        for message in typed("Message (q quits): "):
            socket.send(message)
            print(socket.recv())


if __name__ == "__main__":
    main(*sys.argv[1:])
