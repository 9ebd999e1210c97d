"""Habits from elsewhere: what a program learns that follows them here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import anyws
from anyws.testing import ASGIConductor

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyws import Request, Response
    from anyws.testing import Result


async def post(respond: Callable[[Any, Any], object], **arguments: Any) -> Result:
    """Have a function respond to a POST that has a JSON body."""

    class Thing:
        async def on_post(self, req: Request, resp: Response) -> object:
            return respond(req, resp)

    app = anyws.App()
    app.add_route("/", Thing())
    async with ASGIConductor(app) as conductor:
        return await conductor.simulate_post("/", json={"a": 1}, **arguments)


async def test_media_that_was_not_awaited_is_a_500_whose_log_has_the_remedy(
    caplog: pytest.LogCaptureFixture,
) -> None:
    result = await post(lambda req, resp: setattr(resp, "media", req.media))
    assert result.status_code == 500
    assert "await req.media, or await req.get_media()" in caplog.text


async def test_what_a_responder_returns_is_not_sent_and_a_warning_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    result = await post(lambda req, resp: {"b": 2})
    assert (result.status_code, result.content) == (200, b"")
    [record] = caplog.records
    assert record.getMessage() == (
        "the responder of POST / returned {'b': 2}, which is not sent: set resp.media, resp.text "
        "or resp.data"
    )


async def test_a_sink_that_returns_something_is_warned_of_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def sink(req: Request, resp: Response) -> str:
        return "here"

    app = anyws.App()
    app.add_sink(sink)
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_get("/x")
    assert "the responder of GET /x returned 'here'" in caplog.text


@pytest.mark.parametrize("name", ["text", "data", "media"])
async def test_a_responder_with_a_body_may_return_what_it_likes(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    def respond(req: Request, resp: Response) -> int:
        setattr(resp, name, b"" if name == "data" else "")
        return 7

    assert (await post(respond)).status_code == 200
    assert caplog.records == []


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("get", "async def on_get(self, req, resp)"),
        ("post", "async def on_post(self, req, resp)"),
        ("put", "async def on_put(self, req, resp)"),
        ("patch", "async def on_patch(self, req, resp)"),
        ("delete", "async def on_delete(self, req, resp)"),
        ("route", "app.add_route('/path', resource)"),
        ("include_router", "app.add_route('/path', resource)"),
        ("websocket", "async def on_websocket(self, req, ws)"),
        ("mount", "app.add_static_route(prefix, directory)"),
        ("exception_handler", "app.add_error_handler(exception, handler)"),
        ("middleware", "app.add_middleware(component)"),
        ("on_event", "App(lifespan=…)"),
        ("add_event_handler", "App(lifespan=…)"),
        ("run", "anyws.run(app)"),
        ("state", "req.state"),
    ],
)
def test_what_applications_have_elsewhere_is_named_with_what_takes_its_place(
    name: str, remedy: str
) -> None:
    app = anyws.App()
    assert not hasattr(app, name)
    with pytest.raises(AttributeError) as caught:
        getattr(app, name)
    assert str(caught.value).startswith(f"App has no attribute {name!r}: ")
    assert remedy in str(caught.value)


def test_any_other_attribute_is_missing_without_a_remedy() -> None:
    with pytest.raises(AttributeError, match=r"^App has no attribute 'add_rout'$") as caught:
        anyws.App().add_rout  # type: ignore[attr-defined]  # noqa: B018 - looking is the mistake
    assert caught.value.name == "add_rout"


def test_a_subclass_and_its_instances_may_use_the_names() -> None:
    class Larger(anyws.App):
        def get(self) -> str:
            return "mine"

    app = Larger()
    app.state = 1  # type: ignore[attr-defined]  # an application takes any attribute
    assert (app.get(), app.state) == ("mine", 1)  # type: ignore[attr-defined]  # as above
