"""Certificates of our own making, by the command `openssl`."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """A certificate of this machine that nobody has signed, and its key."""

    certfile: Path
    keyfile: Path

    def client_context(self, *protocols: str) -> ssl.SSLContext:
        """Make the context of a client that trusts it, and speaks those protocols (ALPN)."""
        context = ssl.create_default_context(cafile=str(self.certfile))
        context.set_alpn_protocols(protocols)
        return context


def make_certificate(folder: Path, name: str = "server", *, password: str = "") -> Certificate:
    """Make one, with the key encrypted if there is a password."""
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    secrecy = f"-passout pass:{password}" if password else "-noenc"
    options = (
        "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 2 -subj /CN=localhost"
        f" -addext subjectAltName=DNS:localhost,IP:127.0.0.1 {secrecy}"
    )
    files = ["-keyout", str(made.keyfile), "-out", str(made.certfile)]
    command = ["openssl", "req", *options.split(), *files]
    subprocess.run(command, check=True, capture_output=True)
    return made
