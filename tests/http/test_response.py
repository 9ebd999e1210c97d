"""The response as a program shapes it."""

from __future__ import annotations

import http
from typing import Any

import anyio
import pytest

from anyws import HTTP_201, Response
from tests.http.exchanges import make_response


def test_a_new_response_is_a_200_without_a_body() -> None:
    response = make_response()
    assert response.status == "200 OK"
    assert response.status_code == 200
    assert response.complete is False
    for name in ("text", "data", "media", "stream", "sse"):
        assert getattr(response, name) is None
    assert response.headers == {}


@pytest.mark.parametrize("status", [201, HTTP_201, http.HTTPStatus.CREATED, "201 Made"])
def test_a_status_comes_in_every_form_and_stays_as_it_was_set(status: Any) -> None:
    response = make_response()
    response.status = status
    assert response.status == status
    assert response.status_code == 201


def test_a_status_code_can_be_set() -> None:
    response = make_response()
    response.status_code = 404
    assert response.status == 404


@pytest.mark.parametrize("status", [0, 99, 1000, "OK", "", None, 2.5])
def test_what_is_no_status_is_refused_at_once(status: Any) -> None:
    response = make_response()
    with pytest.raises(ValueError, match="not an HTTP status"):
        response.status = status
    assert response.status_code == 200


def test_responses_share_nothing() -> None:
    one, other = make_response(), make_response()
    one.context.user = "u"
    one.set_header("A", "1")
    one.schedule_sync(print)
    assert not hasattr(other.context, "user")
    assert other.headers == {}
    assert other.scheduled == []


async def stream() -> Any:
    yield b"x"


def test_a_stream_can_be_set_with_its_length() -> None:
    response = make_response()
    source = stream()
    response.set_stream(source, 5)
    assert response.stream is source
    assert response.content_length == "5"


@pytest.mark.parametrize("length", [-1, "x", 1.5])
def test_a_stream_with_a_length_that_is_none_is_not_set(length: Any) -> None:
    response = make_response()
    with pytest.raises(ValueError, match="whole one from 0 on"):
        response.set_stream(stream(), length)
    assert response.stream is None


async def test_scheduled_callbacks_are_kept_in_order_to_be_awaited() -> None:
    response = make_response()
    ran: list[str] = []

    async def asynchronous() -> None:
        await anyio.lowlevel.checkpoint()
        ran.append("asynchronous")

    response.schedule(asynchronous)
    response.schedule_sync(lambda: ran.append("synchronous"))
    assert ran == []
    for callback in response.scheduled:
        await callback()
    assert ran == ["asynchronous", "synchronous"]


class Job:
    async def __call__(self) -> None:
        await anyio.lowlevel.checkpoint()


def test_an_object_whose_call_is_a_coroutine_function_can_be_scheduled() -> None:
    response = make_response()
    job = Job()
    response.schedule(job)
    assert response.scheduled == [job]


def refuse(response: Response, callback: Any, method: str, remedy: str) -> None:
    with pytest.raises(TypeError, match=remedy):
        getattr(response, method)(callback)
    assert response.scheduled == []


def test_a_callback_of_the_wrong_kind_is_refused_with_a_remedy() -> None:
    response = make_response()
    coroutine = Job()()
    refuse(response, print, "schedule", r"use schedule_sync\(\)")
    refuse(response, coroutine, "schedule", "pass the function")
    refuse(response, Job(), "schedule_sync", r"use schedule\(\)")
    refuse(response, None, "schedule_sync", "a plain function")
    coroutine.close()
