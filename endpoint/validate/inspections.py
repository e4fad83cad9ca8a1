"""Inspections: a client's files, a turn, a process, and what comes of it; a client that leaves ends them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Request

from endpoint.atlas import OpenRelease
from endpoint.problems import ProblemError
from endpoint.query.requests import ClientGoneError
from endpoint.validate.desk import Desk
from endpoint.validate.inspector import Outcome, Tell
from endpoint.validate.inspectors import Inspectors
from endpoint.validate.limits import CheckLimits

_Done = TypeVar("_Done")


@dataclass(frozen=True)
class Inspection:
    """What is to be done with files."""

    client: str
    files: dict[str, bytes] = field(repr=False)
    form: str
    """Suffix of the form of the report, or ``corrected`` for the file itself."""
    language: str
    corrections: list[dict[str, Any]] = field(repr=False)
    rows: bool
    """Whether the rows that something is told of are wanted, too."""


class Inspections:
    """Where the files of others are checked."""

    def __init__(self, limits: CheckLimits) -> None:
        """Begin with nothing to do."""
        self.limits = limits
        self.desk = Desk(limits)
        self.inspectors = Inspectors(limits)

    async def run(self, inspection: Inspection, opened: OpenRelease, tell: Tell) -> Outcome:
        """Wait for a turn, and return what comes of an inspection.

        Raises:
            ProblemError: if nothing does.
        """
        tell({"phase": "wait", "done": 0, "total": 0})
        release = opened.release
        order = {
            "base": opened.names.base,
            "terms": str(release.terms),
            "mappings": str(release.mappings) if release.mappings.is_dir() else None,
            "language": inspection.language,
            "form": inspection.form,
            "rows": self.limits.rows if inspection.rows else 0,
            "corrections": inspection.corrections,
        }
        async with self.desk.turn(inspection.client):
            inspector = await self.inspectors.take()
            try:
                return await inspector.inspect(order, inspection.files, tell)
            finally:
                self.inspectors.bury(inspector)
                self.inspectors.prepare()


def read_corrections(text: str) -> list[dict[str, Any]]:
    """Return the corrections that a field holds.

    Raises:
        ProblemError: if it holds none, or not what they are made of.
    """
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProblemError.of(400, "json-broken", parameter="corrections", reason=error) from error
    if not isinstance(read, list):
        raise ProblemError.of(400, "corrections-list")
    for place, one in enumerate(read):
        if not _is_correction(one):
            raise ProblemError.of(400, "corrections-member", place=place + 1)
    return [{name: one[name] for name in ("file", "row", "column", "old", "new")} for one in read]


def _is_correction(one: object) -> bool:
    if not isinstance(one, dict):
        return False
    words = all(_is_text(one.get(name)) for name in ("file", "column", "old", "new"))
    return words and isinstance(one.get("row"), int) and not isinstance(one["row"], bool)


def _is_text(value: object) -> bool:
    """Tell whether a value is a text; half of a pair of surrogates, which JSON can write, is none."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


async def unless_gone(request: Request, work: Coroutine[Any, Any, _Done]) -> _Done:
    """Return what work comes to; a client that leaves ends it.

    Raises:
        ClientGoneError: if the client leaves.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request.receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGoneError
    finally:
        leaving.cancel()
        working.cancel()
        await asyncio.gather(leaving, working, return_exceptions=True)


async def _left(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
