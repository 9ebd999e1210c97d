"""TLS, and the two versions of HTTP over it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from anyio.streams.tls import TLSAttribute, TLSStream
from wsproto.events import CloseConnection, TextMessage

from anyws import ServeOptions
from anyws._asgi.types import Receive, Scope, Send
from anyws.cli.errors import InvalidOption
from anyws.cli.settling import settle
from tests.cli.certificates import Certificate, make_certificate
from tests.cli.launching import OPTIONS, SHOP, complaint_of, launched
from tests.cli.talking import connected, served, talking
from tests.cli.tunnels import tunnelling


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def options(certificate: Certificate) -> ServeOptions:
    return ServeOptions(certfile=certificate.certfile, keyfile=certificate.keyfile)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Say the scheme and the version of HTTP, then echo."""
    if scope["type"] == "lifespan":
        return
    said = f"{scope['scheme']} {scope['http_version']}"
    await receive()
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": said.encode()})
        return
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": said})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event["text"]})


async def test_requests_and_websockets_over_http_1(
    options: ServeOptions, certificate: Certificate
) -> None:
    tls = certificate.client_context("http/1.1")
    async with served(echo, options) as port:
        async with await connected(port, tls) as stream:
            await stream.send(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            found = b""
            with pytest.raises(anyio.EndOfStream):
                while True:
                    found += await stream.receive()
            assert b"https 1.1" in found
        async with talking(port, tls=tls) as (talker, _):
            assert await talker.next_text() == "wss 1.1"
            await talker.send(TextMessage("hello"))
            assert await talker.next_text() == "hello"


async def test_websockets_over_http_2(options: ServeOptions, certificate: Certificate) -> None:
    tls = certificate.client_context("h2", "http/1.1")
    async with served(echo, options) as port:
        async with await connected(port, tls) as stream:
            assert isinstance(stream, TLSStream)
            assert stream.extra(TLSAttribute.alpn_protocol) == "h2"
        async with tunnelling(port, tls=tls) as talker:
            assert await talker.next_text() == "wss 2"
            await talker.send(TextMessage("hello"))
            assert await talker.next_text() == "hello"
            await talker.send(CloseConnection(1000))


async def test_websockets_over_http_2_without_tls() -> None:
    async with served(echo, ServeOptions()) as port, tunnelling(port) as talker:
        assert await talker.next_text() == "ws 2"
        await talker.send(TextMessage("hello"))
        assert await talker.next_text() == "hello"


async def test_a_mute_client_is_dropped_over_tls_too(
    options: ServeOptions, certificate: Certificate
) -> None:
    brief = replace(options, ping_interval=0.3, ping_timeout=0.3)
    async with (
        served(echo, brief) as port,
        talking(port, tls=certificate.client_context("http/1.1")) as (talker, _),
    ):
        assert await talker.next_text() == "wss 1.1"
        await talker.answer(1)
        await talker.read_to_the_end()


@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n"])
async def test_a_handshake_that_does_not_come_to_an_end_is_cut_off(
    said: bytes, options: ServeOptions, certificate: Certificate, capfd: pytest.CaptureFixture[str]
) -> None:
    async with served(echo, replace(options, tls_handshake_timeout=0.3)) as port:
        async with await connected(port) as stream:
            if said:
                await stream.send(said)
            with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                while True:
                    await stream.receive()
        async with talking(port, tls=certificate.client_context("http/1.1")) as (talker, _):
            assert await talker.next_text() == "wss 1.1"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", OPTIONS)
def test_the_banner_says_https(name: str, certificate: Certificate, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    files = ("--certfile", str(certificate.certfile), "--keyfile", str(certificate.keyfile))
    with launched(tmp_path, "shop:app", *OPTIONS[name], *files) as server:
        assert re.search(r" on https://127\.0\.0\.1:\d+ ", server.banner)


def test_files_that_are_of_no_use_are_an_error_of_one_line(
    certificate: Certificate, tmp_path: Path
) -> None:
    usable = ServeOptions(certfile=certificate.certfile, keyfile=certificate.keyfile)
    other, secret = make_certificate(tmp_path), make_certificate(tmp_path, "s", password="secret")
    empty = tmp_path / "empty"
    empty.touch()
    for options, complaint in (
        (
            replace(usable, certfile=tmp_path / "none.pem"),
            "none.pem' cannot be read: No such file",
        ),
        (replace(usable, keyfile=tmp_path), "cannot be read: Is a directory"),
        (replace(usable, keyfile=other.keyfile), "the key is not the one of the certificate"),
        (replace(usable, certfile=empty), "no certificate and key in PEM"),
        (replace(usable, keyfile=empty), "no certificate and key in PEM"),
        (replace(usable, certfile=usable.keyfile), "no certificate and key in PEM"),
        (ServeOptions(certfile=secret.certfile, keyfile=secret.keyfile), "the key is encrypted"),
    ):
        with pytest.raises(InvalidOption, match=complaint) as raised:
            settle(options)
        assert "\n" not in str(raised.value)


def test_the_password_of_a_key_comes_from_the_configuration_file(tmp_path: Path) -> None:
    secret = make_certificate(tmp_path, password="secret")
    config = tmp_path / "server.toml"
    config.write_text('keyfile_password = "secret"')
    options = ServeOptions(certfile=secret.certfile, keyfile=secret.keyfile, config=config)
    assert settle(options) == options
    config.write_text('keyfile_password = "guessed"')
    with pytest.raises(InvalidOption, match="keyfile_password is not the password of the key"):
        settle(options)


def test_nothing_is_started_with_files_that_are_of_no_use(tmp_path: Path) -> None:
    code, complaint = complaint_of(
        tmp_path, "serve", "shop:app", "--certfile", "a.pem", "--keyfile", "a.key"
    )
    assert code == 2
    assert complaint == "anyws: certfile='a.pem' cannot be read: No such file or directory\n"
