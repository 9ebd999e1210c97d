from functools import partial

import anyio

from anyws import App, serve

app = App()


async def main(stop: anyio.Event) -> None:
    async with anyio.create_task_group() as tasks:
        port = await tasks.start(partial(serve, app, port=0, shutdown=stop))
        # Clients can connect to the port from here on. Setting the event ends the server.
        print(f"serving on port {port}")
