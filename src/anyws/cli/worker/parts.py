"""The classes of Hypercorn's that the launcher has others for."""

from __future__ import annotations

import importlib

import hypercorn.protocol.h2
import hypercorn.protocol.h11

from anyws.cli.arguments import Backend
from anyws.cli.worker.frames import WorkerProtocol
from anyws.cli.worker.streams import Stream


def replace_parts(backend: Backend) -> None:
    """Have a worker use the launcher's classes, for which Hypercorn has no setting.

    In the connections of other servers of this process they do what Hypercorn's do.
    """
    connections = importlib.import_module(f"hypercorn.{backend}.tcp_server")
    for module, name, part in (
        (hypercorn.protocol.h11, "WSStream", Stream),
        (hypercorn.protocol.h2, "WSStream", Stream),
        (connections, "ProtocolWrapper", WorkerProtocol),
    ):
        setattr(module, name, part)
