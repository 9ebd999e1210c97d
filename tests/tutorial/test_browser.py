"""The tutorial's page in a real browser, against a real server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no browser: Debian's package chromium is not installed"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """The page, opened, and closed again before the server stops."""
    page = browser.new_page()
    page.set_default_timeout(10_000)
    errors: list[Error] = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(server)
    yield page
    page.close()
    assert errors == []


def say(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).or_(page.get_by_label("Name of a report")).fill(text)
    page.get_by_role("button", name="Send").click()


def ask_for_reports(page: Page, token: str) -> None:
    page.get_by_label("Reports").check()
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Connect", exact=True).click()


def test_the_page_connects_and_shows_the_answer(page: Page) -> None:
    expect(page.get_by_role("status")).to_have_text("Connected to /echo")
    say(page, "hi <b>there</b>")
    lines = page.get_by_role("log").get_by_role("listitem")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("Youhi <b>there</b>")
    expect(lines.nth(1)).to_contain_text("hi <b>there</b>")


def test_the_page_shows_a_refused_token_and_connects_again(page: Page, token: str) -> None:
    ask_for_reports(page, "guess")
    status = page.get_by_role("status")
    expect(status).to_have_text("Closed by the server: the first message must be the token (1008)")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()

    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Reconnect").click()
    say(page, "wind")
    expect(page.get_by_role("log")).to_contain_text("a gale on the 9th")


def test_the_page_shows_an_unknown_report_as_an_error(page: Page, token: str) -> None:
    ask_for_reports(page, token)
    say(page, "snow")
    error = page.get_by_role("log").locator(".bad")
    expect(error).to_contain_text("report not found; known are: rain, sun, wind")
    say(page, "rain")
    expect(page.get_by_role("log")).to_contain_text("41 mm")


def test_the_page_says_when_the_client_has_left(page: Page) -> None:
    expect(page.get_by_role("status")).to_have_text("Connected to /echo")
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("status")).to_have_text("Not connected")
    expect(page.get_by_role("button", name="Disconnect")).to_be_disabled()
