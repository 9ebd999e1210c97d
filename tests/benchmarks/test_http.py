"""That all services give the same answers, and so do the same work."""

from __future__ import annotations

import pytest

from benchmarks._harness import Effort
from benchmarks._http.exchanges import EXCHANGES, Answer, Exchange, answer
from benchmarks.http import PEERS, measure


def expected(exchange: Exchange) -> Answer:
    return Answer(
        status=201 if exchange.method == "POST" else 200,
        content=exchange.answer,
        media_type="text/plain" if isinstance(exchange.answer, str) else "application/json",
        surplus=0,
        from_middleware=(
            ("0f9d1a5e-8c0b-4d5f-9d0b-6f1f3b6d7f10", "private")
            if exchange.middleware
            else (None, None)
        ),
    )


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.name)
@pytest.mark.parametrize("name", PEERS)
async def test_a_service_answers_as_all_do(name: str, exchange: Exchange) -> None:
    app = PEERS[name](middleware=exchange.middleware)
    assert await answer(app, exchange) == expected(exchange)


async def test_the_benchmark_of_http_runs() -> None:
    rows = await measure(Effort(rounds=1, calls=2))
    assert [row.name for row in rows] == [exchange.name for exchange in EXCHANGES]
    for row in rows:
        assert list(row.figures) == list(PEERS)
        assert all(figure > 0 for figure in row.figures.values())
