"""Why there is no answer, and what the client is told of it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from endpoint.cages.limits import Limits
from endpoint.problems import ProblemError


class FaultError(Exception):
    """A query that got no answer, or not all of it.

    The kinds stand in ``faults.json``, with what each means in HTTP. ``syntax``, ``graph``, ``absent``,
    ``evaluation``, ``xml``, ``size`` and ``memory`` are found in the cage, ``service``, ``service-late`` and ``calls``
    by the forwarder, the others by the server. Two more are never told as they are: ``form`` (nothing that the client
    accepts fits the answer) and ``left`` (the client is gone).
    """

    def __init__(self, kind: str, detail: str = "", **more: Any) -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail
        self.more = more

    def problem(self, limits: Limits) -> ProblemError:
        """Return what the client is told."""
        told = _faults()[self.kind]
        known: dict[str, Any] = {
            "detail": self.detail,
            "answer": limits.answer,
            "mebibytes": limits.memory // 2**20,
            "burst": limits.burst,
            "young": limits.young,
            **self.more,
        }
        texts = {
            language: (
                told["detail"][language].format_map({**known, "place": self._place(told, language)}),
                told["mend"][language].format_map(known),
            )
            for language in told["detail"]
        }
        return ProblemError.told(
            told["status"],
            texts,
            retry_after=self.more.get("wait", told.get("wait")),
            fault=self.kind,
            **self.more,
        )

    def _place(self, told: dict[str, Any], language: str) -> str:
        return told["place"][language].format_map(self.more) if "line" in self.more else ""


@cache
def _faults() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return found
