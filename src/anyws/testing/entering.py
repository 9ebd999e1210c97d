"""What is said to those who forget the `async` of `async with`."""

from __future__ import annotations

from typing import TYPE_CHECKING


class AsyncEntered:
    """Something that is entered with `async with`, and says so to a `with`."""

    if not TYPE_CHECKING:
        # Whoever checks types learns of the mistake before the test runs.

        def __enter__(self) -> None:
            raise TypeError(f"{type(self).__name__} is entered with `async with`, not with `with`")

        def __exit__(self, *exception: object) -> None:
            """Is looked up before `__enter__()` is called, and never called itself."""
