"""Real proxies with the configurations of the folder `deploy`, in front of a real server."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from tests.servers.processes import PATIENCE, ROOT, Log, Server

_NGINX: Final = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""
_CADDY: Final = """
{{
    admin off
    auto_https off
    default_bind 127.0.0.1
}}
{site}
"""


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs."""

    port: int

    @property
    def http(self) -> str:
        """The address of its HTTP side."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        """The address of its WebSocket side."""
        return f"ws://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Brand:
    """A kind of proxy."""

    name: str
    command: str | None
    start: Callable[[str, Path, socket.socket, Server], subprocess.Popen[str]]

    def __str__(self) -> str:
        return self.name


@contextmanager
def proxying(brand: Brand, server: Server) -> Generator[Proxy]:
    """Have a proxy pass everything on to a server. It has ended afterwards."""
    assert brand.command is not None
    with (
        tempfile.TemporaryDirectory(prefix="anyws-proxy-") as name,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        folder = Path(name)
        port: int = listener.getsockname()[1]
        with brand.start(brand.command, folder, listener, server) as process:
            assert process.stderr is not None
            log = Log(process.stderr)
            try:
                _wait_for(port, process, log)
                yield Proxy(port)
            finally:
                process.terminate()
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                log.wait_end()


def _start_nginx(
    command: str, folder: Path, listener: socket.socket, server: Server
) -> subprocess.Popen[str]:
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    port = listener.getsockname()[1]
    config = folder / "nginx.conf"
    config.write_text(
        _NGINX.format(
            folder=folder, site=_fit(site, "listen 80;", f"listen 127.0.0.1:{port};", server)
        )
    )
    # The way in which a new nginx takes over the sockets of the one before it.
    inherited = {"NGINX": f"{listener.fileno()};"}
    return _start([command, "-p", str(folder), "-c", str(config)], folder, inherited, listener)


def _start_caddy(
    command: str, folder: Path, listener: socket.socket, server: Server
) -> subprocess.Popen[str]:
    site = (ROOT / "deploy" / "Caddyfile").read_text()
    port = listener.getsockname()[1]
    config = folder / "Caddyfile"
    config.write_text(_CADDY.format(site=_fit(site, "\n:80 {", f"\nhttp://:{port} {{", server)))
    listener.close()
    homes = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return _start([command, "run", "--config", str(config)], folder, homes)


def _fit(site: str, listen: str, on_port: str, server: Server) -> str:
    """Put the ports of the test into a configuration."""
    for usual, fitting in ((listen, on_port), ("127.0.0.1:8000", f"127.0.0.1:{server.port}")):
        assert usual in site
        site = site.replace(usual, fitting)
    return site


def _start(
    command: list[str], folder: Path, extra: dict[str, str], *inherited: socket.socket
) -> subprocess.Popen[str]:
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        entry = pwd.getpwnam(user)
        for path in (folder, *folder.iterdir()):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    return subprocess.Popen(
        command,
        env={"PATH": os.environ["PATH"], **extra},
        pass_fds=[listener.fileno() for listener in inherited],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        user=user,
    )


def _wait_for(port: int, process: subprocess.Popen[str], log: Log) -> None:
    """Wait until the proxy answers."""
    deadline = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, log.since(0)
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}/health", timeout=PATIENCE)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            assert answer.status_code == 200, log.since(0)
            return


BRANDS: Final = (
    Brand(
        "nginx",
        shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin"),
        _start_nginx,
    ),
    Brand("caddy", shutil.which("caddy"), _start_caddy),
)
