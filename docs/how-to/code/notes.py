from dataclasses import replace

import msgspec

from anyws import App, MediaValidationError, Request, Response, before


class Note(msgspec.Struct):
    title: str
    stars: int = 0


async def at_most(
    req: Request, resp: Response, resource: object, params: dict[str, object], size: int
) -> None:
    """Give one request a limit of its own. It has to come before the body is looked at."""
    req.options = replace(req.options, max_body_size=size)


class Notes:
    def __init__(self) -> None:
        self.notes: list[Note] = []

    @before(at_most, 1024)
    async def on_post(self, req: Request, resp: Response) -> None:
        media = await req.get_media()
        try:
            note = msgspec.convert(media, Note)
        except msgspec.ValidationError as error:
            raise MediaValidationError(description=str(error)) from error
        self.notes.append(note)
        resp.media = {"number": len(self.notes), "title": note.title}
        resp.status = 201


app = App()
app.add_route("/notes", Notes())
