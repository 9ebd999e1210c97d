"""The tutorial on a real server, and the clients of the command line against it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]


def typed_into(client: str, address: str, *lines: str, token: str = "") -> tuple[str, str]:
    """What a command-line client prints, and complains of, when these lines are typed."""
    done = subprocess.run(
        [sys.executable, "-m", f"examples.tutorial.{client}", address],
        cwd=ROOT,
        env=os.environ | {"TUTORIAL_TOKEN": token},
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stdout, done.stderr


def test_http_and_sockets_are_served_side_by_side(server: str) -> None:
    assert httpx.get(f"{server}/hello").json() == {"hello": "world"}
    assert "<h1>Two sockets</h1>" in httpx.get(server).text
    with connect(server.replace("http", "ws") + "/echo") as socket:
        socket.send("hi")
        assert json.loads(socket.recv())["message"] == "hi"


def test_a_wrong_token_closes_with_1008_and_a_wrong_path_is_403(server: str) -> None:
    sockets = server.replace("http", "ws")
    with connect(sockets + "/reports") as socket:
        socket.send("guess")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    with pytest.raises(InvalidStatus) as refused:
        connect(sockets + "/nowhere")
    assert refused.value.response.status_code == 403


def test_the_clients_of_the_command_line_print_the_answers(server: str, token: str) -> None:
    sockets = server.replace("http", "ws")
    heard, _ = typed_into("echo_client", sockets + "/echo", "hi", "there", "Q", "not sent")
    assert '"hi"' in heard
    assert '"there"' in heard
    assert "not sent" not in heard

    heard, _ = typed_into("reports_client", sockets + "/reports", "wind", "snow", token=token)
    assert "a gale on the 9th" in heard
    assert "report not found" in heard

    _, complaint = typed_into("reports_client", sockets + "/reports", "wind", token="guess")
    assert complaint.startswith("The server has closed the connection: received 1008")
