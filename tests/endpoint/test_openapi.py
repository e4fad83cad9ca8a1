"""Whatever the description of the interface allows to be sent, the server answers, and as it says it does."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import CheckContext, Response
from schemathesis.core.result import Ok

EXAMPLES = 25
"""Requests made up for each operation; ``-m long`` makes more."""
DEAR = {"POST /api/validate": 3}
"""Requests made up for operations that each start a process."""


def is_no_fault_of_ours(context: CheckContext, response: Response, case: schemathesis.Case[Any]) -> None:
    """A declared 502, 503 or 504 is somebody else's, or says so; a 500 never is."""
    del context
    assert response.status_code != 500, case.as_curl_command()
    if response.status_code > 500:
        assert str(response.status_code) in case.operation.definition.raw["responses"]


def fuzz(server: httpx.Client, examples: int) -> list[str]:
    """Send made-up requests for every operation; return the operations that were asked."""
    schema = schemathesis.openapi.from_url(f"{server.base_url}openapi.json")
    asked = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=min(examples, DEAR.get(operation.label, examples)),
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def send(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(base_url=str(server.base_url), checks=[is_no_fault_of_ours])

        send()
        asked.append(operation.label)
    return asked


def test_made_up_requests_are_never_a_fault_of_the_server(server: httpx.Client) -> None:
    asked = fuzz(server, EXAMPLES)
    assert {"GET /sparql", "POST /sparql", "GET /about", "GET /metrics"} <= set(asked)
    assert server.get("/readyz").status_code == 200


@pytest.mark.long
def test_many_made_up_requests_are_never_a_fault_of_the_server(server: httpx.Client) -> None:
    fuzz(server, 1_000)
    assert server.get("/readyz").status_code == 200
