"""What happens before and after a responder."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from unittest.mock import AsyncMock

import pytest

from anyws.middleware.hooks import after, before
from anyws.routing import map_responders

calls: list[object] = []


@pytest.fixture(autouse=True)
def no_calls_yet() -> None:
    calls.clear()


class Socket:
    """As much of a WebSocket as a hook looks at."""

    close_code: int | None = None


async def note(req: object, resp: object, resource: object, params: object, text: str) -> None:
    calls.append(text)


async def note_after(req: object, resp: object, resource: object, text: str) -> None:
    calls.append(text)


async def close(req: object, ws: Socket, resource: object, params: object) -> None:
    ws.close_code = 1000


async def test_a_before_hook_gets_the_exchange_the_resource_and_the_fields() -> None:
    async def action(*args: object, **kwargs: object) -> None:
        calls.append((*args, kwargs))

    class Things:
        @before(action, 1, 2, action="x", more="y")
        async def on_get(self, req: object, resp: object, *, name: str) -> None:
            calls.append(name)

    things = Things()
    await things.on_get("req", "resp", name="n")
    assert calls == [
        ("req", "resp", things, {"name": "n"}, 1, 2, {"action": "x", "more": "y"}),
        "n",
    ]


async def test_an_after_hook_gets_the_exchange_and_the_resource() -> None:
    async def action(*args: object, **kwargs: object) -> None:
        calls.append((*args, kwargs))

    class Things:
        @after(action, 1, more="y")
        async def on_get(self, req: object, resp: object, *, name: str) -> None:
            calls.append(name)

    things = Things()
    await things.on_get("req", "resp", name="n")
    assert calls == ["n", ("req", "resp", things, 1, {"more": "y"})]


async def test_the_fields_are_live() -> None:
    async def change(
        req: object, resp: object, resource: object, params: dict[str, object]
    ) -> None:
        params["number"] = int(str(params.pop("text")))

    class Things:
        @before(change)
        @before(note, "inner")
        async def on_get(self, req: object, resp: object, **params: object) -> None:
            calls.append(params)

    await Things().on_get(None, None, text="7")
    assert calls == ["inner", {"number": 7}]


async def test_stacked_hooks_run_from_the_outside_in_and_back_out() -> None:
    class Things:
        @before(note, "before 1")
        @after(note_after, "after 2")
        @before(note, "before 2")
        @after(note_after, "after 1")
        async def on_get(self, req: object, resp: object) -> None:
            calls.append("responder")

    await Things().on_get(None, None)
    assert calls == ["before 1", "before 2", "responder", "after 1", "after 2"]


async def test_what_a_before_hook_raises_replaces_the_responder() -> None:
    async def refuse(*args: object) -> None:
        raise PermissionError

    class Things:
        @after(note_after, "after")
        @before(refuse)
        async def on_get(self, req: object, resp: object) -> None:
            calls.append("responder")

    with pytest.raises(PermissionError):
        await Things().on_get(None, None)
    assert calls == []


async def test_an_after_hook_does_not_run_when_the_responder_raises() -> None:
    class Things:
        @after(note_after, "after")
        async def on_get(self, req: object, resp: object) -> None:
            raise LookupError

    with pytest.raises(LookupError):
        await Things().on_get(None, None)
    assert calls == []


async def test_hooks_work_on_websockets() -> None:
    seen: list[object] = []

    async def action(req: object, ws: object, resource: object, *params: object) -> None:
        seen.append(ws)

    class Things:
        @before(action)
        @after(action)
        async def on_websocket(self, req: object, ws: object) -> None:
            seen.append("responder")

    ws = Socket()
    await Things().on_websocket(None, ws)
    assert seen == [ws, "responder", ws]


async def test_a_socket_closed_by_a_hook_skips_the_responder_and_the_other_hooks() -> None:
    class Things:
        @after(note_after, "after, outside")
        @before(note, "before, outside")
        @after(note_after, "after, between")
        @before(close)
        @before(note, "before, inside")
        @after(note_after, "after, inside")
        async def on_websocket(self, req: object, ws: Socket) -> None:
            calls.append("responder")

    await Things().on_websocket(None, Socket())
    assert calls == ["before, outside"]


async def test_a_socket_closed_by_the_responder_does_not_skip_the_after_hooks() -> None:
    class Things:
        @before(note, "before")
        @after(note_after, "after")
        async def on_websocket(self, req: object, ws: Socket) -> None:
            ws.close_code = 1000

    await Things().on_websocket(None, Socket())
    assert calls == ["before", "after"]


class Base:
    async def on_get(self, req: object, resp: object) -> None:
        calls.append("get")

    async def on_delete(self, req: object, resp: object) -> None:
        calls.append("delete")


async def test_a_decorated_class_has_hooks_on_every_responder() -> None:
    @before(note, "before")
    @after(note_after, "after")
    class Things(Base):
        on_delete = None  # type: ignore[assignment]  # the way Python marks a missing method

        async def on_post_item(self, req: object, resp: object) -> None:
            calls.append("post item")

        async def on_websocket(self, req: object, ws: object) -> None:
            calls.append("websocket")

        async def on_websocket_item(self, req: object, ws: object) -> None:
            calls.append("websocket item")

        async def on_request(self, req: object, resp: object) -> None:
            calls.append("request")

    things = Things()
    for responder, text in [
        (things.on_get, "get"),
        (things.on_post_item, "post item"),
        (things.on_websocket, "websocket"),
        (things.on_websocket_item, "websocket item"),
        (things.on_request, "request"),
    ]:
        calls.clear()
        await responder(None, Socket())
        assert calls == ["before", text, "after"]
    assert "DELETE" not in map_responders(things)


async def test_a_decorated_class_leaves_its_base_and_its_other_methods_alone() -> None:
    @before(note, "before")
    class Things(Base):
        async def on_message(self, message: str) -> None:
            calls.append(message)

        def on_getting(self) -> str:
            return "plain"

    await Base().on_get(None, None)
    await Things().on_message("message")
    assert Things().on_getting() == "plain"
    assert calls == ["get", "message"]


async def test_hooks_of_a_class_stand_around_those_of_its_methods() -> None:
    @before(note, "class")
    class Things:
        @before(note, "method")
        async def on_get(self, req: object, resp: object) -> None:
            calls.append("get")

    await Things().on_get(None, None)
    assert calls == ["class", "method", "get"]


async def serve(*args: object) -> None:
    calls.append(len(args))


class Serving:
    async def __call__(self, req: object, resp: object) -> None:
        calls.append(2)


@pytest.mark.parametrize(
    ("responder", "arguments"),
    [
        (serve, 3),
        (staticmethod(serve), 2),
        (classmethod(serve), 3),
        (functools.partialmethod(serve, "x"), 4),
        (staticmethod(functools.partial(serve, "x")), 3),
        (Serving(), 2),
    ],
)
async def test_a_responder_gets_the_arguments_that_it_would_get_without_hooks(
    responder: object, arguments: int
) -> None:
    plain = type("Things", (), {"on_get": responder})
    hooked = before(note, "before")(type("Things", (), {"on_get": responder}))
    for things in (plain, hooked):
        await map_responders(things())["GET"](None, None)
    assert calls == [arguments, "before", arguments]


async def test_a_mock_can_be_a_hook_and_a_responder() -> None:
    action, responder = AsyncMock(), AsyncMock()
    things = before(action)(type("Things", (), {"on_get": responder}))()
    await map_responders(things)["GET"]("req", "resp")
    action.assert_awaited_once_with("req", "resp", things, {})
    responder.assert_awaited_once_with("req", "resp")


def test_a_hooked_responder_keeps_its_name_its_text_and_its_signature() -> None:
    async def on_get(self: object, req: object, resp: object, name: str) -> None:
        """Say hello."""

    for hook in (before(note, "x"), after(note_after, "x")):
        hooked = hook(on_get)
        assert hooked.__name__ == "on_get"
        assert hooked.__doc__ == "Say hello."
        assert inspect.signature(hooked) == inspect.signature(on_get)
        assert inspect.iscoroutinefunction(hooked)


def plain_function(*args: object) -> None: ...


@pytest.mark.parametrize("decorator", [before, after])
@pytest.mark.parametrize("action", [plain_function, Serving, None])
def test_a_hook_that_is_no_coroutine_function_is_a_type_error_at_once(
    decorator: object, action: object
) -> None:
    assert callable(decorator)
    with pytest.raises(TypeError, match=r"the hook is no coroutine function: .*'async def'"):
        decorator(action)


async def check_role(
    req: object, resp: object, resource: object, params: object, role: str
) -> None:
    """Stand for a hook that has an argument of its own."""


async def check(req: object, resp: object) -> None:
    """Stand for a hook that takes too little."""


@pytest.mark.parametrize(
    ("make", "taken", "given"),
    [
        (lambda: before(check), "(req, resp)", "(req, resp, resource, params)"),
        (lambda: after(check), "(req, resp)", "(req, resp, resource)"),
        (
            lambda: before(check_role),
            "(req, resp, resource, params, role)",
            "(req, resp, resource, params)",
        ),
        (
            lambda: before(check_role, "a", other=1),
            "(req, resp, resource, params, role)",
            "(req, resp, resource, params, 'a', other=1)",
        ),
        (
            lambda: after(check_role, "a", "b", "c"),
            "(req, resp, resource, params, role)",
            "(req, resp, resource, 'a', 'b', 'c')",
        ),
    ],
)
def test_a_hook_that_does_not_take_what_it_is_called_with_is_a_type_error_at_once(
    make: Callable[[], object], taken: str, given: str
) -> None:
    with pytest.raises(TypeError, match=r"^the hook <function check") as caught:
        make()
    assert f"takes {taken}, and is called with {given}" in str(caught.value)


@pytest.mark.parametrize("hook", [before(check_role, "a"), before(check_role, role="a")])
def test_the_arguments_of_a_hook_may_be_positional_or_named(hook: object) -> None:
    assert callable(hook)


@pytest.mark.parametrize("hook", [before(note, "x"), after(note_after, "x")])
def test_a_hooked_responder_is_checked_as_one_without_hooks(
    hook: Callable[[Callable[..., object]], Callable[..., object]],
) -> None:
    class Things:
        @hook
        @hook
        async def on_get(self, req: object) -> None: ...

    with pytest.raises(TypeError, match=r"Things\.on_get takes \(req\) besides the resource"):
        map_responders(Things())


@pytest.mark.parametrize("hook", [before(note, "x"), after(note_after, "x")])
def test_a_responder_that_is_no_coroutine_function_is_a_type_error_at_once(hook: object) -> None:
    assert callable(hook)
    with pytest.raises(TypeError, match=r"the responder is no coroutine function: .*'async def'"):
        hook(plain_function)
    with pytest.raises(TypeError, match=r"Things\.on_get is no coroutine function: .*'async def'"):
        hook(type("Things", (), {"on_get": plain_function}))


def test_a_class_without_responders_cannot_be_hooked() -> None:
    with pytest.raises(TypeError, match="the class Empty has no responder to hook"):
        before(note, "x")(type("Empty", (), {}))
