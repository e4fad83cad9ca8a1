"""Who may use the cages: work is metered by client, cheap work is never refused, long queries share half the places."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from endpoint.cages.budgets import Budgets
from endpoint.cages.codings import Coding
from endpoint.cages.faults import FaultError
from endpoint.cages.limits import Limits
from endpoint.cages.pool import Pool
from endpoint.cages.runs import Run
from endpoint.cages.turns import Turns
from endpoint.negotiation import RESULT_FORMS
from endpoint.query.question import Question

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i) }"
BASE = "http://example.org/"


def packed(query: str, limits: Limits) -> bytes:
    return Question(query, (), (), RESULT_FORMS[0], None, Coding.IDENTITY).pack(query, BASE, limits)


def play(data: Path, limits: Limits, scene: Callable[[Pool], Awaitable[None]]) -> None:
    """Play a scene with a pool over the example's store."""

    async def run() -> None:
        pool = Pool(limits, {})
        pool.move_to((data / "current").resolve() / "store")
        try:
            await scene(pool)
        finally:
            await pool.close()

    asyncio.run(run())


async def ended(pool: Pool, query: str, client: str) -> str:
    run: Run = await pool.start(packed(query, pool.limits), client, pool.limits.seconds)
    await run.decided
    return run.fault.kind if run.fault else "answered"


def test_who_has_used_up_the_budget_is_refused_long_work_and_never_cheap_work(example_data: Path) -> None:
    async def scene(pool: Pool) -> None:
        pool.budgets.pay("greedy", 100)
        assert await ended(pool, ENDLESS, "greedy") == "budget"
        for number in range(20):
            assert await ended(pool, f"ASK {{}} # {number}", "greedy") == "answered"
        assert await ended(pool, ENDLESS, "modest") == "time"

    play(example_data, Limits(workers=4, seconds=1.0, young=0.3, burst=10, income=0.01), scene)


def test_a_client_that_holds_every_long_place_makes_room_for_another(example_data: Path) -> None:
    async def scene(pool: Pool) -> None:
        first = [asyncio.create_task(ended(pool, f"{ENDLESS}#{number}", "many")) for number in range(2)]
        await asyncio.sleep(0.6)
        assert await ended(pool, ENDLESS, "one") == "time"
        assert sorted(await asyncio.gather(*first)) == ["crowd", "time"]

    play(example_data, Limits(workers=4, seconds=2.0, young=0.3), scene)


def test_where_the_store_cannot_be_opened_stands_in_the_log_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(pool: Pool) -> None:
        with pytest.raises(FaultError) as told:
            await ended(pool, "ASK {}", "anybody")
        problem = told.value.problem(pool.limits)
        assert problem.status == 503
        assert str(tmp_path) not in repr(vars(problem))

    (tmp_path / "current").mkdir()
    play(tmp_path, Limits(), scene)
    assert str(tmp_path) in caplog.records[0].__dict__["reason"]


def test_an_account_is_paid_from_fills_up_again_and_never_above_its_burst() -> None:
    fast = Budgets(burst=10, income=1e9)
    fast.pay("a", 5)
    assert fast.balance("a") == 10
    slow = Budgets(burst=10, income=0)
    slow.pay("a", 4)
    assert slow.balance("a") == 6
    slow.pay("a", 1_000)
    assert slow.balance("a") == -10
    assert slow.balance("b") == 10


def test_whoever_has_taken_least_is_next_and_each_client_is_served_in_order() -> None:
    async def scene() -> None:
        budgets = Budgets(burst=10, income=0)
        budgets.pay("much", 9)
        turns: Turns[str] = Turns(budgets)
        much, first, second = turns.join("much"), turns.join("little"), turns.join("little")
        assert [turns.next(), turns.next(), turns.next(), turns.next()] == [first, second, much, None]
        assert len(turns) == 0

    asyncio.run(scene())
