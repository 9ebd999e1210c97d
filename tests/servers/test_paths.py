"""A path that middleware protects, and what people try to get around it."""

from __future__ import annotations

import pytest

from tests.servers.clients import raw_socket
from tests.servers.processes import Server

WAYS_AROUND = [
    "/reports",
    "//reports",
    "///reports",
    "/%2Freports",
    "/%2freports",
    "/./reports",
    "/%2E/reports",
    "/x/../reports",
    "/reports/",
    "/reports//",
    "/reports/.",
    "/reports%2F",
    "/reports%00",
    "/reports%20",
    "/reports;x=1",
    "/reports?x=1",
    "/reports%3Fx=1",
    "/REPORTS",
    "/%72eports",
    "/%2572eports",
    "\\reports",
    "/\\reports",
    "http://127.0.0.1/reports",
    "http://127.0.0.1//reports",
]


@pytest.mark.parametrize("target", WAYS_AROUND)
def test_there_is_no_way_around_a_path_that_middleware_protects(
    server: Server, target: str
) -> None:
    with raw_socket(server, target) as client:
        assert 400 <= client.status < 500


@pytest.mark.parametrize("target", ["/reports", "/%72eports", "/reports?x=1"])
def test_who_may_pass_gets_in(server: Server, target: str) -> None:
    with raw_socket(server, target, Authorization="Bearer token") as client:
        assert client.status == 101
        client.wait_for(b"the secret figures")
