"""Options whose files have been looked into, before anything is started."""

from __future__ import annotations

import ssl
from os import fspath

from anyws.cli.errors import InvalidOption
from anyws.cli.options import ServeOptions


def settle(options: ServeOptions) -> ServeOptions:
    """Give the options with what the configuration file says of them, and try the certificate.

    It needs Hypercorn. Raises `InvalidOption` for a file that is missing or of no use.
    """
    password: str | None = None
    if options.config is not None:
        # Hypercorn is an optional dependency, and is behind this import.
        from anyws.cli.worker.settings import merge_settings, read_settings

        password = read_settings(options.config).get("keyfile_password")
        options = merge_settings(options)
    check_certificate(options, password)
    return options


def check_certificate(options: ServeOptions, password: str | None = None) -> None:
    """Raise `InvalidOption` if certificate and key cannot be used, or not together."""
    if options.certfile is None or options.keyfile is None:
        return
    _read("certfile", fspath(options.certfile))
    key = _read("keyfile", fspath(options.keyfile))
    files = f"certfile={fspath(options.certfile)!r}, keyfile={fspath(options.keyfile)!r}"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # With an empty one OpenSSL fails, and does not ask for it on the terminal.
    given = "" if password is None else password
    try:
        context.load_cert_chain(options.certfile, options.keyfile, password=given)
    except ssl.SSLError as error:
        raise InvalidOption(f"{files}: {_explain(error, key, password)}") from error


def _read(name: str, path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise InvalidOption(f"{name}={path!r} cannot be read: {error.strerror}") from error


def _explain(error: ssl.SSLError, key: bytes, password: str | None) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key is not the one of the certificate"
    if b"ENCRYPTED" not in key:
        return f"they are no certificate and key in PEM ({error.reason or 'nothing found'})"
    if password is None:
        return "the key is encrypted: give keyfile_password in a file for --config"
    return "keyfile_password is not the password of the key"
