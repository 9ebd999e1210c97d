"""The virtual clock: an hour of timers in the time that their work takes."""

from __future__ import annotations

import asyncio
import sys
from typing import Literal, TypeAlias

from anyws.testing.clock.on_asyncio import VirtualEventLoop

Clock: TypeAlias = Literal["virtual", "real"]


def virtual_clock(backend: str) -> dict[str, object]:
    """Give the options that make AnyIO run a backend on a virtual clock.

    For whatever takes them: `anyio.run(main, backend=name, backend_options=virtual_clock(name))`,
    or an `anyio_backend` fixture that returns `(name, virtual_clock(name))`. (`anyio.run()` hands
    options to Trio from AnyIO 4.14 on; `trio.run(main, **virtual_clock("trio"))` takes them with
    any.) They are good for one run. Time begins at 0 and jumps to the next timer whenever no task can run; timers that are due
    together, and the tasks that they wake, come in the same order in every run.

    A worker thread is waited for, in real time. Sockets and other processes are not, nor is a
    thread that you start by hand: where those matter, use the real clock.

    On asyncio the event loop is asyncio's own, since uvloop's clock cannot be replaced. Raises
    `ValueError` for a backend that is neither "asyncio" nor "trio", and `ImportError` where Trio
    is not installed.
    """
    match backend:
        case "asyncio":
            return {"loop_factory": VirtualEventLoop}
        case "trio":
            # Trio may not be installed.
            from anyws.testing.clock.on_trio import virtual_options

            return virtual_options()
        case _:
            raise ValueError(
                f"backend={backend!r} has no virtual clock; asyncio and trio have one"
            )


def running_clock() -> Clock:
    """Say which clock the running event loop has. Raises `RuntimeError` where none is running."""
    virtual: bool | None = None
    if "trio" in sys.modules:
        from anyws.testing.clock import on_trio

        virtual = on_trio.runs_virtually()
    if virtual is None:
        virtual = isinstance(asyncio.get_running_loop(), VirtualEventLoop)
    return "virtual" if virtual else "real"


def check_clock(clock: str) -> Clock:
    """Give the clock of that name. Raises `ValueError` where there is none."""
    match clock:
        case "virtual" | "real":
            return clock
        case _:
            raise ValueError(f'clock={clock!r} is not known; the clocks are "virtual" and "real"')


def demand_clock(clock: Clock | None) -> None:
    """Raise `RuntimeError` where the running event loop has another clock. None demands nothing."""
    if clock is None or clock == running_clock():
        return
    raise RuntimeError(
        f"clock={clock!r} was asked for, but the event loop does not run on it: mark the test with "
        f'@pytest.mark.anyws_clock("{clock}"), which is what the pytest plugin of anyws looks at; '
        "without pytest, run the event loop with the options that anyws.testing.virtual_clock() "
        "gives, or without them"
    )
