"""What a way that was given up leaves behind: nothing."""

from __future__ import annotations

import pytest

from anyws.routing import Router


class Resource:
    async def on_get(self, req: object, resp: object, **params: object) -> None: ...


@pytest.mark.parametrize(
    ("given_up", "taken", "path", "params"),
    [
        ("/a/{x}/b", "/{y}/{z}/c", "/a/1/c", {"y": "a", "z": "1"}),
        ("/v{x}/{y}/b", "/{p}/{q}/c", "/v1/2/c", {"p": "v1", "q": "2"}),
        ("/{x}-{y}/{z}/b", "/{p}/{q}/c", "/1-2/3/c", {"p": "1-2", "q": "3"}),
        ("/a/{x}/b", "/{rest:path}", "/a/1/c", {"rest": "a/1/c"}),
        ("/{x}/{y}/b", "/{rest:path}", "/1/2/c", {"rest": "1/2/c"}),
        ("/a/{x}/{y:int}/b", "/a/{rest:path}", "/a/1/2/c", {"rest": "1/2/c"}),
    ],
)
def test_the_fields_of_a_way_that_is_given_up_are_forgotten(
    given_up: str, taken: str, path: str, params: dict[str, object]
) -> None:
    router = Router()
    for template in (given_up, taken):
        router.add_route(template, Resource())
    match = router.find(path)
    assert match is not None
    assert match.uri_template == taken
    assert match.params == params
