"""Pages in a real browser that connect to a host, their own or another one."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers.processes import PATIENCE, Server

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
CONNECT = """
    address => new Promise(resolve => {
        const socket = new WebSocket(address)
        socket.onmessage = event => resolve(event.data)
        socket.onclose = event => resolve(event.code)
    })
"""
REFUSED = 1006

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no browser: Debian's package chromium is not installed"
)


class _OtherSite(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>another site</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def other_site() -> Iterator[str]:
    """The origin of a site on another port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _OtherSite) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(browser: Browser, running_limited: Server) -> Iterator[Page]:
    """A page of a user who has been on the host before, and has its cookie."""
    page = browser.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(f"{running_limited.http}/page")
    yield page
    page.close()


def test_a_page_of_the_host_is_let_in(limited: Server, page: Page) -> None:
    page.goto(f"{limited.http}/page")
    assert page.evaluate(CONNECT, f"{limited.ws}/account") == "session=secret"


def test_a_page_on_another_port_is_refused_though_it_brings_the_cookie(
    limited: Server, page: Page, other_site: str
) -> None:
    page.goto(other_site)
    # What would come of it, were there no such limit.
    assert page.evaluate(CONNECT, f"{limited.ws}/open/account") == "session=secret"
    assert page.evaluate(CONNECT, f"{limited.ws}/account") == REFUSED
    line = limited.log.excuse(f"'{other_site}'")
    assert f"'127.0.0.1:{limited.port}'" in line
    assert "allowed_origins" in line


def test_a_page_of_another_name_of_the_machine_is_refused(limited: Server, page: Page) -> None:
    origin = f"http://localhost:{limited.port}"
    page.goto(f"{origin}/page")
    assert page.evaluate(CONNECT, f"{limited.ws}/account") == REFUSED
    assert f"'127.0.0.1:{limited.port}'" in limited.log.excuse(f"'{origin}'")
    assert page.evaluate(CONNECT, f"{origin}/account".replace("http", "ws")) == "session=secret"


def test_a_page_in_a_sandbox_is_refused(limited: Server, page: Page) -> None:
    page.goto(f"{limited.http}/page")
    page.set_content("<iframe sandbox='allow-scripts' srcdoc='a page'></iframe>")
    [_, sandbox] = page.frames
    assert sandbox.evaluate(CONNECT, f"{limited.ws}/account") == REFUSED
    assert "allowed_origins" in limited.log.excuse("'null'")
