"""The commands `anyws routes` and `anyws check`, as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from anyws.cli import main
from anyws.cli.arguments import parse_arguments, parse_command
from anyws.cli.errors import InvalidOption
from anyws.cli.inspecting.arguments import CheckArguments, RoutesArguments

SHOP = '''
from contextlib import asynccontextmanager

from anyws import App


class Shop:
    async def on_get(self, req, resp):
        resp.text = "hello"

    async def on_websocket(self, req, ws):
        await ws.accept()

    async def on_get_list(self, req, resp):
        resp.text = "list"


class Clerk:
    async def process_request(self, req, resp):
        """Look up."""


async def ask(req, resp, ws=None):
    """Answer what is left."""


class Around:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


app = App(middleware=Clerk())
app.add_route("/shop", Shop())
app.add_route("/list", Shop(), suffix="list")
app.add_sink(ask, "/ask")
app.ws_options.allowed_origins = frozenset({"https://b.example", "https://a.example"})
around = Around(app)


async def behind(scope, receive, send):
    await app(scope, receive, send)
'''

BROKEN = '''
from contextlib import asynccontextmanager

from anyio import sleep_forever

from anyws import App


class Shop:
    async def on_webscoket(self, req, ws):
        """Never called."""

    async def on_get(self, req, resp):
        """Answer."""


@asynccontextmanager
async def no_start(app):
    raise LookupError("no database")
    yield


@asynccontextmanager
async def no_end(app):
    yield
    raise LookupError("not saved")


@asynccontextmanager
async def endless(app):
    await sleep_forever()
    yield


@asynccontextmanager
async def late(app):
    app.add_route("/late", Shop())
    yield


misspelt = App()
misspelt.add_route("/shop", Shop())
unstarted, unended, slow, later = map(lambda made: App(lifespan=made), (no_start, no_end, endless, late))


async def refusing(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "not today"})
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with programs in modules that no other test has."""
    (tmp_path / "inspected_shop.py").write_text(SHOP)
    (tmp_path / "inspected_broken.py").write_text(BROKEN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for name in ("inspected_shop", "inspected_broken"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def line_of(program: str, text: str) -> int:
    return program.splitlines().index(text) + 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("routes shop:app", RoutesArguments("shop:app")),
        ("routes --json shop:make()", RoutesArguments("shop:make()", as_json=True)),
        ("check shop:app", CheckArguments("shop:app", "trio", uvloop=False, deadline=30)),
        (
            "check shop:app --backend asyncio --uvloop --deadline 2.5",
            CheckArguments("shop:app", "asyncio", uvloop=True, deadline=2.5),
        ),
    ],
)
def test_the_command_line_is_a_value(typed: str, meant: RoutesArguments | CheckArguments) -> None:
    assert parse_command(typed.split()) == meant


def test_a_deadline_is_above_zero() -> None:
    with pytest.raises(InvalidOption, match="give seconds above 0"):
        parse_command(["check", "shop:app", "--deadline", "0"])


def test_what_serves_is_serve_alone() -> None:
    with pytest.raises(InvalidOption, match="only `anyws serve`"):
        parse_arguments(["routes", "shop:app"])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["app", "around"])
def test_routes_are_a_table(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", f"inspected_shop:{name}"]) == 0
    shop = f"inspected_shop.py:{line_of(SHOP, 'class Shop:')}"
    clerk = f"inspected_shop.py:{line_of(SHOP, 'class Clerk:')}"
    ask = f"inspected_shop.py:{line_of(SHOP, 'async def ask(req, resp, ws=None):')}"
    assert capsys.readouterr().out.splitlines() == [
        "2 routes  methods         resource",
        f"/list     GET             inspected_shop.Shop, list  {shop}",
        f"/shop     WebSocket, GET  inspected_shop.Shop        {shop}",
        "",
        "1 sink  for              function",
        f"/ask    HTTP, WebSocket  inspected_shop.ask  {ask}",
        "",
        "1 component           methods",
        f"inspected_shop.Clerk  process_request  {clerk}",
    ]


@pytest.mark.usefixtures("folder")
def test_routes_are_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "--json", "inspected_shop:app"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [route["template"] for route in found["routes"]] == ["/list", "/shop"]
    assert found["options"] == {
        "ws_options.allowed_origins": ["https://a.example", "https://b.example"]
    }


def test_static_routes_and_other_routers_have_their_lines(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "inspected_files.py").write_text(
        "from anyws import App\n"
        "class Router:\n"
        "    def add_route(self, uri_template, resource, /, *, suffix=None): ...\n"
        "    def find(self, path, req=None, /): ...\n"
        "app = App(router=Router())\n"
        f"app.add_static_route('/files', {str(tmp_path)!r})\n"
        "empty = App()\n"
    )
    assert main(["routes", "inspected_files:app"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "The router is inspected_files.Router: what it leads to is not known.",
        "",
        "1 static route  directory",
        f"/files/         {tmp_path}",
    ]
    assert main(["routes", "inspected_files:empty"]) == 0
    assert capsys.readouterr().out == "There are no routes.\n"


@pytest.mark.usefixtures("folder")
def test_where_no_app_is_to_be_found_one_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "inspected_shop:behind"]) == 2
    assert capsys.readouterr() == (
        "",
        (
            "anyws: no anyws.App is to be found behind inspected_shop:behind: name the App itself, or"
            " ASGI middleware that keeps what it wraps as its attribute 'app'\n"
        ),
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("backend", ["trio", "asyncio"])
def test_a_sound_application_is_started_and_shut_down(
    backend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["check", "inspected_shop:around", "--backend", backend])
    assert capsys.readouterr() == (
        "inspected_shop:around: no mistakes found, started and shut down on " + backend + "\n",
        "",
    )
    assert code == 0


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "misspelt",
            (
                f"inspected_broken.py:{line_of(BROKEN, '    async def on_webscoket(self, req, ws):')}:"
                " inspected_broken.Shop.on_webscoket() is never called: rename it to on_websocket\n"
            ),
        ),
        ("later", "Shop.on_webscoket() is never called: rename it to on_websocket\n"),
        ("unstarted", "the startup failed:\nTraceback (most recent call last):\n"),
        ("unstarted", "in no_start\n"),
        ("unstarted", "\nLookupError: no database\n"),
        ("unended", "the shutdown failed:\nTraceback (most recent call last):\n"),
        ("unended", "\nLookupError: not saved\n"),
        ("slow", "the startup has not ended after 0.05 seconds: see what it waits for"),
        ("refusing", "no anyws.App is to be found behind inspected_broken:refusing: only its"),
        ("refusing", "\nthe startup failed: not today\n"),
    ],
)
def test_each_mistake_is_told_and_the_exit_code_is_1(
    name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    deadline = "0.05" if name == "slow" else "5"
    assert main(["check", f"inspected_broken:{name}", "--deadline", deadline]) == 1
    output = capsys.readouterr()
    assert told in output.out
    assert output.err == f"anyws: 1 mistake in inspected_broken:{name}\n"


def test_a_module_that_cannot_be_imported_is_a_mistake_with_its_traceback(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "inspected_ruin.py").write_text("1 / 0\n")
    assert main(["check", "inspected_ruin:app"]) == 1
    output = capsys.readouterr().err
    assert "ZeroDivisionError: division by zero\n" in output
    assert output.endswith("importing inspected_ruin failed, see the ZeroDivisionError above\n")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "typed",
    ["check inspected_shop:nothing", "check inspected_shop", "check inspected_shop:app --uvloop"],
)
def test_what_cannot_be_checked_is_the_code_2(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(typed.split()) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_checking_takes_neither_hypercorn_nor_trio(folder: Path) -> None:
    (folder / "without.py").write_text(
        "import sys\n"
        "sys.modules['hypercorn'] = sys.modules['trio'] = None\n"
        "from anyws.cli import main\n"
        "sys.exit(main(['check', 'inspected_shop:app', '--backend', 'asyncio']))\n"
    )
    done = subprocess.run(
        [sys.executable, "without.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
