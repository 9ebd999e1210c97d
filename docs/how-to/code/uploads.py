from collections.abc import AsyncIterable
from uuid import uuid4

import anyio

from anyws import App, HTTPError, HTTPUnsupportedMediaType, Request, Response
from anyws.media import MultipartForm

FOLDER = anyio.Path("uploads")


async def save(body: AsyncIterable[bytes]) -> dict[str, object]:
    """Write a body as it arrives. Under its name the file is there in full or not at all."""
    await FOLDER.mkdir(exist_ok=True)
    name, size = uuid4().hex, 0
    unfinished = FOLDER / f"{name}.part"
    try:
        async with await unfinished.open("xb") as file:
            async for chunk in body:
                size += await file.write(chunk)
        await unfinished.rename(FOLDER / name)
    finally:
        with anyio.move_on_after(5, shield=True):
            await unfinished.unlink(missing_ok=True)
    return {"name": name, "size": size}


class File:
    """A file that is the whole body of the request."""

    async def on_post(self, req: Request, resp: Response) -> None:
        with anyio.move_on_after(600) as patience:
            resp.media = await save(req.stream)
        if patience.cancelled_caught:
            raise HTTPError(408, description="The file did not arrive within ten minutes.")
        resp.status = 201


class Form:
    """A form with any number of files and texts."""

    async def on_post(self, req: Request, resp: Response) -> None:
        form = await req.get_media()
        if not isinstance(form, MultipartForm):
            raise HTTPUnsupportedMediaType(description="Send multipart/form-data.")
        got: dict[str, object] = {}
        async for part in form:
            is_file = part.filename is not None
            got[part.name] = await save(part.stream) if is_file else await part.get_text()
        resp.media = got
        resp.status = 201


app = App()
app.req_options.max_body_size = 100 * 2**20
app.add_route("/file", File())
app.add_route("/form", Form())
