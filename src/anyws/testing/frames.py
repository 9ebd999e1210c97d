"""Where calls are: the one that a task waits in, and the one that started a task."""

from __future__ import annotations

import gc
import inspect
from collections.abc import AsyncGenerator, Coroutine, Generator, Iterator
from types import FrameType
from typing import Final

_DEPTH: Final = 200
"""Calls, one inside the other, that are looked at to find where a task waits."""
_MACHINERY: Final = {"anyio", "anyws", "asyncio", "contextlib", "functools", "trio", "uvloop"}
"""Packages that start tasks for somebody else."""


def waiting_at(call: object) -> str:
    """Say where a suspended call waits, outermost call first, one line for each.

    Of the machinery only those calls are shown that somebody else makes, if anybody does.
    """
    calls = list(_suspended(call))
    users = [not _is_machinery(frame) for frame in calls]
    shown = [
        frame
        for frame, user, after_user in zip(calls, users, [False, *users], strict=False)
        if user or after_user
    ]
    lines = [
        f'  File "{frame.f_code.co_filename}", line {frame.f_lineno}, in {frame.f_code.co_name}'
        for frame in shown or calls
    ]
    return "\n".join(lines) or "  (not known)"


def callers() -> Iterator[FrameType]:
    """Give the frames of the running call, from the caller outwards."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
        yield frame


def module_of(frame: FrameType) -> str:
    """The name of the module that a frame's code is in."""
    return str(frame.f_globals.get("__name__", ""))


def place_of(frames: list[FrameType]) -> str:
    """Give file and line of the innermost call that is not of the machinery, if there is one."""
    frame = next((frame for frame in frames if not _is_machinery(frame)), frames[0])
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _is_machinery(frame: FrameType) -> bool:
    return module_of(frame).partition(".")[0] in _MACHINERY


def _suspended(call: object) -> Iterator[FrameType]:
    """Follow what a suspended call awaits, as far as Python lets it be seen."""
    for _ in range(_DEPTH):
        frame, call = _step(call)
        if frame is not None:
            yield frame


def _step(call: object) -> tuple[FrameType | None, object]:
    """Give the frame of a suspended call, if it has one, and what it awaits."""
    if inspect.iscoroutine(call):
        return call.cr_frame, call.cr_await
    if inspect.isgenerator(call):
        return call.gi_frame, call.gi_yieldfrom or _held_by(call)
    if inspect.isasyncgen(call):
        return call.ag_frame, call.ag_await
    if isinstance(call, Generator):
        return None, _held_by(call)
    return None, None


def _held_by(call: object) -> object | None:
    """Give the call that another one takes the steps of by hand, or is a wrapper around, such as
    the next step of an asynchronous generator. There is no attribute for it, but the garbage
    collector knows."""
    held: list[object] = gc.get_referents(call)
    return next(filter(_is_call, held), None)


def _is_call(candidate: object) -> bool:
    return isinstance(candidate, (Coroutine, Generator, AsyncGenerator))
