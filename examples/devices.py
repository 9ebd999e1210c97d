"""A gateway for devices, with limits: `DEVICE_KEYS=pump:s3cret anyws serve examples.devices:app`.

A device connects to /devices/pump, sends its key and then readings such as {"celsius": 21.5}.
http://127.0.0.1:8000/devices shows the newest of each.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from anyws import (
    App,
    HTTPBadRequest,
    HTTPForbidden,
    Request,
    Response,
    WebSocket,
    WebSocketOptions,
)
from anyws.auth import FirstMessage


@dataclass
class Reading:
    """What a device reports; anything else closes its connection with 3400."""

    celsius: float


class Devices:
    """Takes readings, of devices that show their key in the first message."""

    ws_options = WebSocketOptions(
        max_message_size=1024,  # bytes
        receive_rate=(10, 20),  # ten a second, and twenty at once after a silence
        idle_timeout=60,  # seconds without a reading: a device that is alive sends more often
    )

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = {name: key.encode() for name, key in keys.items()}
        self._newest: dict[str, Reading] = {}
        self._login = FirstMessage(self._owner, deadline=5)

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = self._newest

    async def on_websocket_device(self, req: Request, ws: WebSocket, name: str) -> None:
        device = await self._login.authenticate(req, ws)
        if device != name:
            raise HTTPForbidden
        try:
            async for reading in ws.iter_media(type=Reading):
                self._newest[name] = reading
        except ValueError:  # no JSON, or no Reading
            raise HTTPBadRequest from None

    async def _owner(self, key: str) -> str | None:
        """Find the device that a key belongs to. Wrong keys of a length take equally long."""
        shown = key.encode()
        owners = [name for name, own in self._keys.items() if hmac.compare_digest(shown, own)]
        return owners[0] if owners else None


def create_app(keys: Mapping[str, str]) -> App:
    app = App()
    devices = Devices(keys)
    app.add_route("/devices", devices)
    app.add_route("/devices/{name}", devices, suffix="device")
    return app


pairs = filter(None, os.environ.get("DEVICE_KEYS", "").split(","))
app = create_app(dict(pair.split(":", 1) for pair in pairs))
