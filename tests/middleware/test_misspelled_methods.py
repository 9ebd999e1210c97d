"""Methods of components whose names are nearly those that are called."""

from __future__ import annotations

import pytest

from anyws import App


async def method(*arguments: object) -> None: ...


def component_with(*names: str) -> object:
    return type("Guard", (), dict.fromkeys(names, method))()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("process_reqest", "process_request"),
        ("process_requests", "process_request"),
        ("process_response_ws", "process_response"),
        ("process_disconnect", "process_disconnect_ws"),
        ("process_shutdwn", "process_shutdown"),
    ],
)
def test_a_method_that_is_misspelled_is_warned_of(
    name: str, meant: str, caplog: pytest.LogCaptureFixture
) -> None:
    App().add_middleware(component_with(name, "process_resource_ws"))
    [record] = caplog.records
    assert record.getMessage() == (
        f"no request or connection calls Guard.{name}(): did you mean {meant}()?"
    )


@pytest.mark.parametrize("name", ["process_payment", "process_request_body", "process", "handle"])
def test_a_method_of_another_name_is_the_components_own_matter(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    App().add_middleware(component_with(name, "process_request", "process_request_ws"))
    assert caplog.records == []
