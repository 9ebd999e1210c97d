"""One of the processes that serve: `python -m anyws.cli.supervisor.worker`.

Its arguments are the file descriptors of the listening socket and of the link to the supervisor,
and then what the supervisor was started with.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from socket import socket

from anyws.cli.arguments import parse_arguments
from anyws.cli.complaints import exit_code_of
from anyws.cli.inherited import adopt
from anyws.cli.loading import load_application
from anyws.cli.server import keep_quiet, run_in_loop
from anyws.cli.summary import summary_of
from anyws.cli.supervisor.link import READY, watch_supervisor


def work(listener: int, link: int, typed: Sequence[str]) -> None:
    """Serve on an inherited socket until the supervisor or a signal ends it."""
    given = parse_arguments(typed)

    def announce() -> None:
        with suppress(OSError):  # Nobody is there any more, which the watch learns as well.
            supervisor.send(READY + summary_of(application, given.options).encode())

    with adopt(listener) as listening, socket(fileno=link) as supervisor:
        supervisor.set_inheritable(False)
        supervisor.setblocking(False)
        application = load_application(given.target)
        run_in_loop(
            listening,
            application,
            backend=given.backend,
            uvloop=given.uvloop,
            options=given.options,
            watch=watch_supervisor(supervisor),
            on_start=announce,
            on_wait=keep_quiet,
        )


if __name__ == "__main__":
    _listener, _link, *_typed = sys.argv[1:]
    sys.argv[1:] = _typed  # As the application would see them without a supervisor.
    sys.exit(exit_code_of(partial(work, int(_listener), int(_link), _typed)))
