"""What it costs to import the framework, in an interpreter that has imported nothing yet.

The byte code is there already, as after the installation of a package.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from typing import Final

import anyio

from benchmarks._harness import interleave
from benchmarks._report import OURS, Row, setting, table

STATEMENTS: Final = {
    OURS: "import anyws",
    "Falcon": "import falcon.asgi",
    "Starlette": "import starlette.applications, starlette.routing, starlette.websockets",
    "Litestar": "import litestar",
}
PACKAGES: Final = ("anyws", "falcon", "starlette", "litestar")

_PROGRAM: Final = """
import time
begun = time.thread_time_ns()
{statement}
print(time.thread_time_ns() - begun)
"""


async def measure(rounds: int) -> Row:
    """Measure each import in so many interpreters."""
    with tempfile.TemporaryDirectory() as cache:
        samples = {
            name: partial(time_statement, statement, cache)
            for name, statement in STATEMENTS.items()
        }
        return Row("import", await interleave(samples, rounds))


async def time_statement(statement: str, cache: str) -> float:
    """Give the milliseconds of processor time that a new interpreter takes for a statement.

    Its byte code is kept in the directory `cache`, whatever the environment says.
    """
    program = _PROGRAM.format(statement=statement)
    command = [sys.executable, "-I", "-X", f"pycache_prefix={cache}", "-c", program]
    process = await anyio.run_process(command)
    return int(process.stdout) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="interpreters for each peer")
    print(setting(PACKAGES))
    print()
    print(table("imports", "ms", [anyio.run(measure, parser.parse_args().rounds)]))


if __name__ == "__main__":
    main()
