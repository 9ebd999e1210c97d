"""A ticket in the query string."""

from __future__ import annotations

import anyio
import pytest

from anyws import App, Request, Response, WebSocket, WebSocketDisconnected
from anyws.auth import TicketAuth, Tickets
from anyws.testing import ASGIConductor
from tests.auth.ways import SECRET, TICKET, USER, Welcome, app_behind, verify
from tests.websocket.scripted import Route


class Desk:
    """Issues tickets to whoever asks."""

    def __init__(self, tickets: Tickets[str]) -> None:
        self.tickets = tickets

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.media = {"ticket": self.tickets.issue(USER)}


def app_with_desk(tickets: Tickets[str]) -> App:
    app = App(middleware=TicketAuth(tickets.redeem))
    app.add_route("/tickets", Desk(tickets))
    app.add_route("/", Welcome())
    return app


async def ticket_from(conductor: ASGIConductor) -> str:
    answer = (await conductor.simulate_post("/tickets")).json
    assert isinstance(answer, dict)
    return str(answer["ticket"])


async def test_a_ticket_opens_one_handshake() -> None:
    async with ASGIConductor(app_with_desk(Tickets())) as conductor:
        ticket = await ticket_from(conductor)
        async with TICKET.opened(conductor, ticket) as ws:
            assert await ws.receive_text() == USER
        assert (await TICKET.refusal(conductor, ticket)).code == 3401


async def test_of_two_handshakes_with_a_ticket_at_once_exactly_one_is_let_in() -> None:
    codes: list[int | None] = []

    async with ASGIConductor(app_with_desk(Tickets())) as conductor:
        ticket = await ticket_from(conductor)

        async def connect() -> None:
            try:
                async with TICKET.opened(conductor, ticket) as ws:
                    await ws.receive_text()
            except WebSocketDisconnected as refused:
                codes.append(refused.code)
            else:
                codes.append(None)

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(connect)
    assert sorted(codes, key=str) == [3401] * 7 + [None]


async def test_a_ticket_is_used_up_by_a_handshake_that_fails_afterwards() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.close(3000)

    app = app_with_desk(Tickets())
    app.add_route("/busy", Route(respond))
    async with ASGIConductor(app) as conductor:
        ticket = await ticket_from(conductor)
        with pytest.raises(WebSocketDisconnected) as busy:
            async with conductor.simulate_ws("/busy", params={"ticket": ticket}):
                pass
        assert busy.value.code == 3000
        assert (await TICKET.refusal(conductor, ticket)).code == 3401


@pytest.mark.parametrize(
    "query",
    [
        "",
        "ticket=",
        "ticket",
        f"Ticket={SECRET}",
        f"ticket={SECRET}&ticket={SECRET}",
        "ticket=%00",
    ],
)
async def test_a_query_without_one_valid_ticket_is_refused(query: str) -> None:
    async with ASGIConductor(app_behind(TicketAuth(verify))) as conductor:
        with pytest.raises(WebSocketDisconnected) as refused:
            async with conductor.simulate_ws("/", query_string=query):
                pass
    assert refused.value.code == 3401


async def test_a_ticket_that_came_twice_is_not_redeemed() -> None:
    asked: list[str] = []

    async def find(secret: str) -> str | None:
        asked.append(secret)
        return USER

    async with ASGIConductor(app_behind(TicketAuth(find))) as conductor:
        with pytest.raises(WebSocketDisconnected):
            async with conductor.simulate_ws("/", query_string="ticket=a&ticket=b"):
                pass
    assert asked == []


async def test_a_query_that_cannot_be_decoded_is_a_400() -> None:
    async with ASGIConductor(app_behind(TicketAuth(verify))) as conductor:
        with pytest.raises(WebSocketDisconnected) as refused:
            async with conductor.simulate_ws("/", query_string="ticket=%ff"):
                pass
    assert refused.value.code == 3400


async def test_other_parameters_and_the_name_of_the_ticket_are_free() -> None:
    async with (
        ASGIConductor(app_behind(TicketAuth(verify, parameter="t"))) as conductor,
        conductor.simulate_ws("/", query_string=f"room=1&t={SECRET}&ticket=wrong") as ws,
    ):
        assert await ws.receive_text() == USER


async def test_the_responder_accepts_with_whatever_it_likes() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        assert ws.unaccepted
        await ws.accept("chat.v2")

    app = App(middleware=TicketAuth(verify))
    app.add_route("/", Route(respond))
    async with (
        ASGIConductor(app) as conductor,
        TICKET.opened(conductor, subprotocols=["chat.v2"]) as ws,
    ):
        assert ws.subprotocol == "chat.v2"


async def test_http_is_not_asked_for_a_ticket() -> None:
    async with ASGIConductor(app_with_desk(Tickets())) as conductor:
        assert (await conductor.simulate_post("/tickets")).status_code == 200
