"""Trying the services of the list: does each answer the smallest of questions?"""

import asyncio
import time
from dataclasses import dataclass

from endpoint.federation.calling import MOST_SECONDS, Caller, CallError
from endpoint.federation.services import Service, Services
from endpoint.queries import read_query


@dataclass(frozen=True, slots=True)
class Check:
    """What came of asking a service."""

    service: Service
    failure: str | None
    """Why it gave no answer; None if it gave one."""
    milliseconds: int


def check_services(services: Services) -> list[Check]:
    """Ask every service, all at once, the way that queries do; return what came of it in their order."""
    return asyncio.run(_check_all(services))


async def _check_all(services: Services) -> list[Check]:
    caller = Caller(services.trusted)
    try:
        return list(await asyncio.gather(*(_check(caller, service) for service in services.all)))
    finally:
        await caller.close()


async def _check(caller: Caller, service: Service) -> Check:
    began = time.monotonic()
    failure = None
    try:
        deadline = asyncio.get_running_loop().time() + MOST_SECONDS
        async with caller.ask(service.address, read_query("anything"), deadline) as reply:
            await reply.check(deadline)
    except CallError as error:
        failure = str(error)
    return Check(service, failure, round((time.monotonic() - began) * 1000))
