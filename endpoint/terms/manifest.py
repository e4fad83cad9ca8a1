"""The manifest of the Reconciliation Service API: what the service can do, and where."""

from collections.abc import Callable
from typing import Any

from endpoint.atlas import OpenRelease
from endpoint.terms.batches import BATCH, type_of
from muscle_atlas import __version__
from muscle_atlas.terms.words.kinds import read_kinds

PATH = "/api/reconcile"
VERSIONS = ["0.1", "0.2"]
WIDTH, HEIGHT = 420, 260
"""Pixels of a preview."""


def manifest(
    opened: OpenRelease, name: str, language: str, chosen: str | None, place: Callable[[str], str]
) -> dict[str, Any]:
    """Return the manifest.

    Args:
        opened: the release that is asked.
        name: what the service is called.
        language: of names.
        chosen: the language that the address of the service asks for, which the others then do, too.
        place: returns the address of a path of this server.
    """
    asked, added = (f"?lang={chosen}", f"&lang={chosen}") if chosen else ("", "")
    root = place("/").rstrip("/")

    def service(path: str) -> dict[str, str]:
        return {"service_url": root, "service_path": f"{PATH}/{path}{asked}"}

    return {
        "versions": VERSIONS,
        "name": name,
        "identifierSpace": opened.names.base,
        "schemaSpace": opened.names.expand("skos:Concept"),
        "serviceVersion": f"{__version__} {opened.release.version}",
        "defaultTypes": [type_of(kind, language) for kind in read_kinds().values()],
        "view": {"url": f"{root}{PATH}/view?id={{{{id}}}}{added}"},
        "preview": {"url": f"{root}{PATH}/preview?id={{{{id}}}}{added}", "width": WIDTH, "height": HEIGHT},
        "suggest": {
            "entity": service("suggest/entity"),
            "type": service("suggest/type"),
            "property": service("suggest/property"),
        },
        "extend": {"propose_properties": service("properties"), "property_settings": []},
        "batchSize": BATCH,
    }
