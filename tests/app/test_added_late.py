"""What is added or changed after an application has served requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyws
from anyws.testing import ASGIConductor

if TYPE_CHECKING:
    from pathlib import Path

    from anyws import Request, Response


class Echo:
    async def on_get(self, req: Request, resp: Response) -> None:
        raise KeyError(req.path)

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.media = await req.get_media()


async def test_everything_can_be_added_and_changed_after_the_first_request(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text("a file")

    class Marking:
        async def process_response(
            self, req: Request, resp: Response, resource: object, req_succeeded: object
        ) -> None:
            resp.set_header("x-seen", "yes")

    async def handle(req: Request, resp: Response | None, ex: Exception, params: object) -> None:
        raise anyws.HTTPConflict

    async def sink(req: Request, resp: Response) -> None:
        resp.text = "sink"

    def serialize(req: Request, resp: Response, error: anyws.HTTPError) -> None:
        resp.text = "oh no"

    app = anyws.App()
    app.add_route("/", Echo())
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/")).status_code == 500
        assert (await conductor.simulate_get("/sink")).status_code == 404
        assert (await conductor.simulate_get("/files/a.txt")).status_code == 404

        app.add_error_handler(KeyError, handle)
        assert (await conductor.simulate_get("/")).status_code == 409
        app.set_error_serializer(serialize)
        assert (await conductor.simulate_get("/")).text == "oh no"
        app.add_static_route("/files", tmp_path)
        assert (await conductor.simulate_get("/files/a.txt")).text == "a file"
        app.add_sink(sink, "/sink")
        assert (await conductor.simulate_get("/sink")).text == "sink"
        app.add_middleware(Marking())
        assert (await conductor.simulate_get("/sink")).headers["x-seen"] == "yes"
        app.req_options.max_body_size = 2
        assert (await conductor.simulate_post("/", body=b"[1]")).status_code == 413
        app.resp_options.default_media_type = "application/msgpack"
        assert (await conductor.simulate_post("/", body=b"1")).content == b"\x01"
