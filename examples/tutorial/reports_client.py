"""Ask for reports: `python -m examples.tutorial.reports_client [URI]`.

The token is taken from the environment variable TUTORIAL_TOKEN.
"""

from __future__ import annotations

import os
import sys

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from .echo_client import typed


def main(uri: str = "ws://127.0.0.1:8000/reports") -> None:
    """Show the token, then send the names that are typed and print the reports."""
    with connect(uri) as socket:
        socket.send(os.environ.get("TUTORIAL_TOKEN", "open sesame"))
        for name in typed("Report (q quits): "):
            socket.send(name)
            print(socket.recv())


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ConnectionClosed as closed:
        sys.exit(f"The server has closed the connection: {closed}")
