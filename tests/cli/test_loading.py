"""From `module:app` to the application."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anyws.cli.errors import TargetError
from anyws.cli.loading import Target, load_application, parse_target, refuse_while_importing

Write = Callable[[str], None]

APPLICATIONS = """
import functools

async def app(scope, receive, send): ...
async def other(scope, receive, send): ...
def make_app(): return app
def make_for(customer): return app
def make_nothing(): return None
def make_class(): return Application
async def make_later(): return app
def fail(): raise LookupError("no settings")
def wsgi(environ, start_response): ...
number = 7
_private = app

class Application:
    async def __call__(self, scope, receive, send): ...

class Holder:
    app = Application()

class Inheriting(Application): ...

instance = Inheriting()
smallest = min
wrapped = functools.partial(app)
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes the module `shop_to_load` into the current folder, which is an empty one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    before = set(sys.modules)

    def write(source: str) -> None:
        (tmp_path / "shop_to_load.py").write_text(source)

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("shop_to_load"):
            del sys.modules[name]


def complaint_about(target: str) -> str:
    """Why an application cannot be loaded, which has to be one line."""
    with pytest.raises(TargetError) as raised:
        load_application(target)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("shop:app", Target("shop", "app", called=False)),
        ("shop:make_app()", Target("shop", "make_app", called=True)),
        ("shop.web:site.app", Target("shop.web", "site.app", called=False)),
    ],
)
def test_a_target_is_a_module_and_a_name(text: str, target: Target) -> None:
    assert parse_target(text) == target
    assert str(target) == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("shop", "'shop' names no application in a module: write module:app"),
        ("shop:", "'shop:' is not understood"),
        (":app", "':app' is not understood"),
        ("shop:make_app(1)", "takes no arguments here"),
        ("shop:app:other", "is not understood"),
        ("shop/web:app", "'shop/web' is not the name of a module: write shop.web:app"),
        ("../shop:app", "is not the name of a module"),
        ("shop.py:app", "'shop.py:app' names a file: write shop:app"),
        ("shop.py:make_app()", "names a file: write shop:make_app()"),
        ("shop:two words", "'two words' is not a name in a module"),
    ],
)
def test_a_target_that_is_not_understood_says_how_to_write_it(text: str, complaint: str) -> None:
    with pytest.raises(TargetError) as raised:
        parse_target(text)
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("app", "function"),
        ("make_app()", "function"),
        ("instance", "Inheriting"),
        ("Holder.app", "Application"),
        ("Application()", "Application"),
        ("wrapped", "partial"),
        ("smallest", "builtin_function_or_method"),  # It has no signature to be judged by.
    ],
)
def test_an_application_of_the_current_folder_is_loaded(
    write: Write, name: str, kind: str
) -> None:
    write(APPLICATIONS)
    assert type(load_application(f"shop_to_load:{name}")).__name__ == kind


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("number", "a value of type int: it cannot be called"),
        ("Application", "a class is not an application, an instance of it may be"),
        ("make_app", "if a call of it makes the application: shop_to_load:make_app()"),
        ("wsgi", "it does not take the three arguments (scope, receive, send)"),
        ("make_nothing()", "the call returned None, and it cannot be called"),
        ("make_class()", "the call returned the class Application"),
        ("make_later()", "it is a coroutine; make the function a plain `def`"),
        ("make_for()", "shop_to_load:make_for() needs arguments"),
        ("number()", "shop_to_load:number() cannot be called, it is a value of type int"),
        ("fail()", "shop_to_load:fail() failed, see the LookupError above"),
    ],
)
def test_what_is_no_application_is_told_apart(write: Write, name: str, complaint: str) -> None:
    write(APPLICATIONS)
    assert complaint in complaint_about(f"shop_to_load:{name}")


def test_a_name_that_is_missing_is_answered_with_the_likely_ones(write: Write) -> None:
    write(APPLICATIONS)
    complaint = complaint_about("shop_to_load:ap")
    assert complaint.startswith("the module shop_to_load has no 'ap'; it has shop_to_load:app, ")
    likely = complaint.partition("; it has ")[2].replace("shop_to_load:", "").split(", ")
    assert likely == [
        *("app", "other", "instance"),
        *("make_app()", "make_nothing()", "make_class()", "make_later()", "fail()"),
    ]


def test_a_module_without_applications_says_so(write: Write) -> None:
    write("number = 7")
    assert "nothing that could be an application" in complaint_about("shop_to_load:app")


@pytest.mark.parametrize("module", ["shop_to_load", "shop_to_load.web"])
def test_a_module_that_is_missing_is_named_with_the_folder(
    write: Write, tmp_path: Path, module: str
) -> None:
    if module != "shop_to_load":
        write("")
    complaint = complaint_about(f"{module}:app")
    assert complaint.startswith(f"there is no module {module!r}: looked in {tmp_path}")


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import shop_to_load_lacks", ModuleNotFoundError),
        ("import shop_to_load.web", ModuleNotFoundError),
        ("from json import nothing", ImportError),
        ("1 / 0", ZeroDivisionError),
        ("def app(", SyntaxError),
    ],
)
def test_an_error_inside_the_module_comes_with_the_traceback_of_the_users_code(
    write: Write, tmp_path: Path, source: str, error: type[Exception]
) -> None:
    write(source)
    with pytest.raises(TargetError, match="importing shop_to_load failed") as raised:
        load_application("shop_to_load:app")
    cause = raised.value.__cause__
    assert type(cause) is error
    trace = cause.__traceback__
    if trace is not None:
        assert trace.tb_frame.f_code.co_filename == str(tmp_path / "shop_to_load.py")
    else:
        assert isinstance(cause, SyntaxError)


def test_an_error_inside_the_function_comes_with_its_own_traceback(write: Write) -> None:
    write(APPLICATIONS)
    with pytest.raises(TargetError) as raised:
        load_application("shop_to_load:fail()")
    cause = raised.value.__cause__
    assert isinstance(cause, LookupError)
    assert cause.__traceback__ is not None
    assert cause.__traceback__.tb_frame.f_code.co_name == "fail"


def test_a_module_that_serves_as_it_is_imported_is_told_where_the_call_belongs(
    write: Write,
) -> None:
    write("import anyws\napp = anyws.App()\nanyws.run(app, port=0)\n")
    with pytest.raises(TargetError) as raised:
        load_application("shop_to_load:app")
    assert str(raised.value.__cause__) == (
        "anyws.run() was called while the command anyws imports shop_to_load: put the call below"
        " if __name__ == '__main__'"
    )


def test_once_the_module_is_imported_its_application_can_be_run(write: Write) -> None:
    write("1 / 0")
    with pytest.raises(TargetError):
        load_application("shop_to_load:app")
    refuse_while_importing()
