"""The description of the whole HTTP interface: what the framework knows, and what stands before it."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from endpoint.query.questions import describe_calls

_BEFORE = Path(__file__).resolve().parent / "query" / "openapi.json"


class DescribedApplication(FastAPI):
    """An application whose OpenAPI document also tells of what is answered before it: queries, graphs, questions."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        if self.openapi_schema is None:
            found = super().openapi()
            before = json.loads(_BEFORE.read_text(encoding="utf-8"))
            calls = describe_calls(before["paths"]["/sparql"]["get"], self.state.atlas.current())
            found["paths"] = {**before["paths"], **found["paths"], **calls}
            schemas = found.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(before["components"]["schemas"])
        assert self.openapi_schema is not None  # noqa: S101 - made above
        return self.openapi_schema
