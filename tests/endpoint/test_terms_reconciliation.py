"""The Reconciliation Service API as OpenRefine speaks it: tables are linked by the resolver of the builds."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

jsonschema = pytest.importorskip("jsonschema", reason="uv sync installs jsonschema")

SERVICE = "/api/reconcile"
ASKED = json.loads(Path(__file__).with_name("reconciliation.json").read_text(encoding="utf-8"))


def check(content: Any, part: str) -> Any:
    """Hold an answer to what the protocol asks of it."""
    jsonschema.validate(content, {"$ref": f"#/$defs/{part}", "$defs": ASKED["$defs"]})
    return content


def reconcile(client: httpx.Client, /, lang: str = "en", **queries: Any) -> dict[str, list[dict[str, Any]]]:
    response = client.post(SERVICE, params={"lang": lang}, data={"queries": json.dumps(queries)})
    assert response.status_code == 200, response.text
    return {name: one["result"] for name, one in check(response.json(), "results").items()}


def suggest(client: httpx.Client, what: str, prefix: str, **parameters: Any) -> list[dict[str, Any]]:
    response = client.get(f"{SERVICE}/suggest/{what}", params={"prefix": prefix, **parameters})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = check(response.json(), "suggestions")["result"]
    return found


def extend(client: httpx.Client, ids: list[str], *properties: str) -> dict[str, Any]:
    asked = json.dumps({"ids": ids, "properties": [{"id": one} for one in properties]})
    response = client.post(SERVICE, data={"extend": asked})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = check(response.json(), "extension")
    return found


def test_the_manifest_tells_what_the_service_can_do(termed: httpx.Client) -> None:
    manifest = check(termed.get(SERVICE).json(), "manifest")
    assert manifest["versions"] == ["0.1", "0.2"]
    kinds = [one["id"] for one in manifest["defaultTypes"]]
    assert kinds == ["gene", "disease", "muscle", "stain", "technique", "finding", "species"]


@pytest.mark.parametrize("chosen", [None, "fr"])
def test_every_address_of_the_manifest_answers(termed: httpx.Client, chosen: str | None) -> None:
    manifest = check(termed.get(SERVICE, params={"lang": chosen} if chosen else {}).json(), "manifest")
    places = [*manifest["suggest"].values(), manifest["extend"]["propose_properties"]]
    addresses = [f"{one['service_url']}{one['service_path']}" for one in places]
    addresses += [manifest[part]["url"].replace("{{id}}", "ORPHA%3A597") for part in ("view", "preview")]
    for address in addresses:
        assert termed.get(address).status_code in (200, 303), address


def test_a_manifest_in_french_leads_to_french_answers(termed: httpx.Client) -> None:
    manifest = termed.get(SERVICE, params={"lang": "fr"}).json()
    assert manifest["defaultTypes"][0] == {"id": "gene", "name": "gène"}
    place = manifest["suggest"]["entity"]
    found = termed.get(f"{place['service_url']}{place['service_path']}&prefix=nemaline+myopathy").json()
    assert found["result"][0]["name"] == "Myopathie à némaline"


def test_a_word_that_the_resolver_accepts_is_a_match(termed: httpx.Client) -> None:
    found = reconcile(
        termed,
        q0={"query": "SEPN1", "type": "gene", "type_strict": "should"},
        q1={"query": "myopathie a nemaline", "type": "disease", "limit": 3},
        q2={"query": "hgnc 15999"},
    )
    assert [(one[0]["id"], one[0]["match"], len(one)) for one in found.values()] == [
        ("HGNC:15999", True, 1),
        ("ORPHA:607", True, 1),
        ("HGNC:15999", True, 1),
    ]
    assert found["q0"][0]["type"] == [{"id": "gene", "name": "gene"}]
    assert found["q0"][0]["description"] == "SEPN1 – HGNC 2030-01-01"


@pytest.mark.parametrize("word", ["TWICE", "turned", "nemalinne myopathi", "contracture of nothing"])
def test_what_the_resolver_does_not_accept_is_no_match(termed: httpx.Client, word: str) -> None:
    (found,) = reconcile(termed, q={"query": word}).values()
    assert not any(one["match"] for one in found)
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)


def test_a_misspelled_name_has_the_right_candidate(termed: httpx.Client) -> None:
    (found,) = reconcile(termed, q={"query": "nemalinne myopathi", "type": "disease"}).values()
    assert found[0]["id"] == "ORPHA:607"


def test_a_withdrawn_term_leads_to_its_successor(termed: httpx.Client) -> None:
    found = reconcile(termed, a={"query": "ORPHA:264"}, b={"query": "HGNC:90012", "type": "gene"})
    assert [(one["id"], one["match"]) for one in found["a"]] == [("ORPHA:98853", True)]
    assert [(one["id"], one["match"]) for one in found["b"]] == [("HGNC:90001", False), ("HGNC:90002", False)]


def test_an_orthologue_is_the_human_gene_and_nothing_else(termed: httpx.Client) -> None:
    (found,) = reconcile(termed, q={"query": "MGI:99659"}).values()
    assert [(one["id"], one["match"]) for one in found] == [("HGNC:10483", True)]


def test_several_types_are_all_looked_into(termed: httpx.Client) -> None:
    found = reconcile(
        termed,
        any={"query": "deltoid", "type": ["gene", "muscle"]},
        all={"query": "deltoid", "type": ["gene", "muscle"], "type_strict": "all"},
    )
    assert [one["id"] for one in found["any"]] == ["UBERON:0001476"]
    assert found["all"] == []


def test_names_are_in_the_language_of_the_address(termed: httpx.Client) -> None:
    (found,) = reconcile(termed, "fr", q={"query": "Nemaline myopathy"}).values()
    assert (found[0]["name"], found[0]["type"][0]["name"]) == ("Myopathie à némaline", "maladie")


@pytest.mark.parametrize("word", ["", "   ", "x" * 5_000, "\0", '"*', "l'", "🧬"])
def test_a_cell_that_is_no_name_finds_nothing_and_spoils_nothing(termed: httpx.Client, word: str) -> None:
    found = reconcile(termed, odd={"query": word}, good={"query": "RYR1"})
    assert not any(one["match"] for one in found["odd"])
    assert found["good"][0]["match"]


def test_properties_alone_find_nothing(termed: httpx.Client) -> None:
    assert reconcile(termed, q={"properties": [{"pid": "gene", "v": "RYR1"}]}) == {"q": []}


def test_a_batch_may_be_asked_by_get(termed: httpx.Client) -> None:
    response = termed.get(SERVICE, params={"queries": json.dumps({"q0": {"query": "RYR1"}})})
    assert check(response.json(), "results")["q0"]["result"][0]["id"] == "HGNC:10483"


def test_clients_of_the_first_version_get_a_call(termed: httpx.Client) -> None:
    response = termed.get(SERVICE, params={"callback": "jQuery1.got_2"})
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    body = response.text.removeprefix("/**/jQuery1.got_2(").removesuffix(");")
    check(json.loads(body), "manifest")


def test_pages_of_other_sites_may_ask(termed: httpx.Client) -> None:
    for path in ("", "/suggest/entity?prefix=ryr", "/properties", "/preview?id=HGNC:10483"):
        response = termed.get(f"{SERVICE}{path}", headers={"Origin": "https://example.org"})
        assert response.headers["Access-Control-Allow-Origin"] == "*", path


def test_entities_are_suggested_by_any_name_or_identifier(termed: httpx.Client) -> None:
    assert suggest(termed, "entity", "sepn")[0] == {
        "id": "HGNC:15999",
        "name": "SELENON",
        "description": "SEPN1 – HGNC:15999",
        "notable": [{"id": "gene", "name": "gene"}],
    }
    assert suggest(termed, "entity", "ORPHA:607")[0]["id"] == "ORPHA:607"
    assert {one["notable"][0]["id"] for one in suggest(termed, "entity", "d", type="muscle")} == {"muscle"}


def test_more_entities_are_suggested_behind_the_first(termed: httpx.Client) -> None:
    first, more = (suggest(termed, "entity", "m", cursor=cursor) for cursor in (0, 10))
    assert len(first) == 10
    assert more
    assert not {one["id"] for one in first} & {one["id"] for one in more}


def test_types_and_properties_are_suggested_in_either_language(termed: httpx.Client) -> None:
    assert [one["id"] for one in suggest(termed, "type", "mal")] == ["disease"]
    assert [one["id"] for one in suggest(termed, "type", "gene", lang="fr")] == ["gene"]
    assert len(suggest(termed, "type", "")) == 7
    assert [one["id"] for one in suggest(termed, "property", "label")] == ["label_en", "label_fr"]


def test_terms_are_extended_by_what_is_known_of_them(termed: httpx.Client) -> None:
    proposed = check(termed.get(f"{SERVICE}/properties", params={"type": "disease"}).json(), "proposal")
    names = [one["id"] for one in proposed["properties"]]
    rows = extend(termed, ["ORPHA:597", "HGNC:15999", "ORPHA:1234567"], *names)["rows"]
    assert rows["ORPHA:597"]["label_fr"] == [{"str": "Myopathie congénitale à cores centraux"}]
    assert {"str": "OMIM:117000"} in rows["ORPHA:597"]["exact"]
    assert rows["ORPHA:597"]["photographs"] == [{"int": 2}]
    assert rows["ORPHA:597"]["iri"][0]["str"].endswith("/Orphanet_597")
    assert {"str": "SEPN1"} in rows["HGNC:15999"]["names"]
    assert rows["ORPHA:1234567"] == {name: [] for name in names}


def test_a_term_of_the_release_is_viewed_here_and_others_at_their_publishers(termed: httpx.Client) -> None:
    here, there = (termed.get(f"{SERVICE}/view", params={"id": one}) for one in ("ORPHA:597", "HGNC:90001"))
    assert here.status_code == there.status_code == 303
    assert here.headers["Location"].startswith("/about?iri=")
    assert termed.get(here.headers["Location"]).status_code == 200
    assert there.headers["Location"].endswith("/hgnc/90001")


def test_a_preview_may_be_shown_within_another_page_and_runs_nothing(termed: httpx.Client) -> None:
    response = termed.get(f"{SERVICE}/preview", params={"id": "ORPHA:597", "lang": "fr"})
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "Myopathie congénitale à cores centraux" in response.text
    assert "Central core disease" in response.text


@pytest.mark.parametrize(
    "identifier", ["ORPHA:1234567", "<script>", "https://example.org/", "MGI:99659", "HGNC:480", ""]
)
@pytest.mark.parametrize("path", ["view", "preview"])
def test_what_is_no_term_is_not_found(termed: httpx.Client, path: str, identifier: str) -> None:
    response = termed.get(f"{SERVICE}/{path}", params={"id": identifier}, headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "<script>" not in response.text


BROKEN = {
    "no JSON": ("{", 400),
    "a list": ("[]", 400),
    "deep": ("[" * 100_000, 400),
    "half a sign": ('{"q": {"query": "\\ud800"}}', 400),
    "no object": ('{"q": "RYR1"}', 400),
    "no text": ('{"q": {"query": 5}}', 400),
    "nothing": ('{"q": {}}', 400),
    "no type": ('{"q": {"query": "x", "type": "tree"}}', 400),
    "type of no text": ('{"q": {"query": "x", "type": [5]}}', 400),
    "odd strictness": ('{"q": {"query": "x", "type_strict": "maybe"}}', 400),
    "no limit": ('{"q": {"query": "x", "limit": 0}}', 400),
    "endless limit": ('{"q": {"query": "x", "limit": 1e999}}', 400),
    "too many": (json.dumps({f"q{number}": {"query": "x"} for number in range(51)}), 413),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_broken_batch_is_told_with_a_mend(termed: httpx.Client, case: str, language: str) -> None:
    queries, status = BROKEN[case]
    response = termed.post(SERVICE, data={"queries": queries}, headers={"Accept-Language": language})
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Content-Language"] == language
    assert response.json()["mend"]


@pytest.mark.parametrize(
    "asked",
    ["{", "[]", "{}", '{"ids": [5], "properties": []}', '{"ids": [], "properties": ["iri"]}'],
)
def test_a_broken_extension_is_told(termed: httpx.Client, asked: str) -> None:
    response = termed.post(SERVICE, data={"extend": asked})
    assert response.status_code == 400
    assert response.json()["mend"]


def test_a_property_that_is_none_is_told(termed: httpx.Client) -> None:
    response = termed.post(SERVICE, data={"extend": '{"ids": [], "properties": [{"id": "weight"}]}'})
    assert response.status_code == 400
    assert "label_en" in response.json()["mend"]


def test_a_body_that_is_no_form_is_told(termed: httpx.Client) -> None:
    assert termed.post(SERVICE, json={"q": {"query": "x"}}).status_code == 415
    assert termed.post(SERVICE, data={"other": "x"}).status_code == 400
    assert termed.post(SERVICE, data={"queries": "x" * 2**21}).status_code == 413
    assert termed.get(SERVICE, params={"callback": "alert(1)//"}).status_code == 400


def test_other_requests_are_answered_while_batches_are(termed: httpx.Client) -> None:
    slow = json.dumps({f"q{number}": {"query": f"nemalinne myopathi {number}"} for number in range(50)})
    with ThreadPoolExecutor(12) as pool:
        batches = [pool.submit(termed.post, SERVICE, data={"queries": slow}) for _ in range(8)]
        others = [pool.submit(termed.get, path) for path in ("/healthz", "/", "/api/terms?q=ryr") * 3]
        assert {one.result().status_code for one in (*batches, *others)} == {200}
