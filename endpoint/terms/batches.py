"""Batches of the Reconciliation Service API: what is asked, read strictly, and answered by the resolver."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from endpoint.problems import ProblemError
from endpoint.terms.known import KnownTerms
from endpoint.terms.searching import check_kinds
from muscle_atlas.terms.words.kinds import Kind
from muscle_atlas.terms.words.matches import Candidate, Match

BATCH = 50
"""Queries of one batch: a misspelled word of no stated kind takes a tenth of a second."""
EXTENDED = 500
"""Terms whose properties are told at a time."""
SECONDS = 20.0
"""For a batch."""
LONGEST = 300
"""Signs of a word that is looked for; a longer text is no name of anything."""
CANDIDATES = 10
"""Candidates of one query, where it does not say."""
MOST = 100
"""Candidates of one query, whatever it says."""
_STRICT = ("any", "should", "all")


@dataclass(frozen=True)
class Query:
    """One query of a batch."""

    word: str
    kinds: tuple[str, ...]
    """Kinds of things that it may be; any without one."""
    limit: int


def read_batch(text: str) -> dict[str, Query]:
    """Read a batch of queries.

    Raises:
        ProblemError: if it is none, or too large.
    """
    content = read_object("queries", text)
    if len(content) > BATCH:
        raise ProblemError.of(413, "batch-large", members={"limit": BATCH}, count=len(content), most=BATCH)
    return {name: _read_query(name, query) for name, query in content.items()}


def read_object(parameter: str, text: str) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        ProblemError: if it is none.
    """
    try:
        content = json.loads(text)
        # A half of a pair of surrogates is no text, and cannot be answered in UTF-8.
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ProblemError.of(400, "json-broken", parameter=parameter, reason=error) from error
    if not isinstance(content, dict):
        raise ProblemError.of(400, "json-no-object", parameter=parameter)
    return content


def _read_query(name: str, query: object) -> Query:
    def wrong(place: str, wanted: str) -> ProblemError:
        return ProblemError.of(400, f"query-{wanted}", place=f"{name[:50]}.{place}" if place else name[:50])

    if not isinstance(query, dict):
        raise wrong("", "no-object")
    word = query.get("query", "")
    # Properties alone tell no name; a query needs one of both (0.2, 4.1).
    if not isinstance(word, str) or ("query" not in query and not query.get("properties")):
        raise wrong("query", "no-text")
    given = query.get("type")
    kinds = [given] if isinstance(given, str) else [] if given is None else given
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise wrong("type", "no-kinds")
    check_kinds(kinds)
    strict = query.get("type_strict", "any")
    if strict not in _STRICT:
        raise wrong("type_strict", "no-strictness")
    limit = query.get("limit", CANDIDATES)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit >= 1 or limit != limit // 1:
        raise wrong("limit", "no-limit")
    wanted = tuple(dict.fromkeys(kinds))
    # Each term is of one kind, so that none is of several.
    return Query("" if strict == "all" and len(wanted) > 1 else word, wanted, int(min(limit, MOST)))


def answer_batch(known: KnownTerms, batch: Mapping[str, Query], language: str) -> dict[str, Any]:
    """Return the candidates of each query of a batch.

    Raises:
        ProblemError: if it takes too long.
    """
    until = time.monotonic() + SECONDS
    answered: dict[str, Any] = {}
    for name, query in batch.items():
        if time.monotonic() > until:
            problem = ProblemError.of(503, "batch-slow", seconds=SECONDS, done=len(answered), count=len(batch))
            problem.headers["Retry-After"] = "5"
            raise problem
        answered[name] = {"result": _answer(query, known, language)}
    return answered


def _answer(query: Query, known: KnownTerms, language: str) -> list[dict[str, Any]]:
    """Return what a word may mean; certain is only what the resolver accepts, in one kind."""
    if not query.word.strip() or len(query.word) > LONGEST:
        return []
    resolver = known.resolvers[language]
    answers = [resolver.resolve(query.word, kind) for kind in query.kinds or (None,)]
    accepted = {answer.match.identifier for answer in answers if answer.match.identifier}
    results: dict[str, dict[str, Any]] = {}
    for answer in answers:
        if answer.match.identifier:
            found = Candidate(answer.match.identifier, answer.label or "")
            told = _told(found, answer.match, known, language) | {"match": len(accepted) == 1}
            results[found.identifier] = told
        elif not accepted:
            for candidate in answer.match.candidates:
                results.setdefault(candidate.identifier, _told(candidate, None, known, language) | {"match": False})
    # Terms of a vocabulary that only leads to another are none of ours.
    ranked = sorted((one for one in results.values() if one["type"]), key=lambda one: -one["score"])
    return ranked[: query.limit]


def _told(candidate: Candidate, match: Match | None, known: KnownTerms, language: str) -> dict[str, Any]:
    term = known.term(candidate.identifier)
    name = candidate.label or candidate.identifier
    told = {
        "id": candidate.identifier,
        "name": name,
        "score": candidate.score,
        "type": [type_of(term.kind, language)] if term else [],
    }
    if match and match.name and match.name != name:
        told["description"] = f"{match.name} – {match.source}" if match.source else match.name
    return told


def type_of(kind: Kind, language: str) -> dict[str, str]:
    """Return a kind as the protocol wants types."""
    return {"id": kind.name, "name": kind.labels["fr" if language == "fr" else "en"]}


def read_extension(text: str) -> tuple[list[str], list[str]]:
    """Read a query for properties: the identifiers of terms, and those of properties.

    Raises:
        ProblemError: if it is none, or too large.
    """
    content = read_object("extend", text)
    ids, properties = content.get("ids"), content.get("properties")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise ProblemError.of(400, "extension-no-ids")
    if not isinstance(properties, list) or not all(
        isinstance(one, dict) and isinstance(one.get("id"), str) for one in properties
    ):
        raise ProblemError.of(400, "extension-no-properties")
    if len(ids) > EXTENDED:
        raise ProblemError.of(413, "batch-large", members={"limit": EXTENDED}, count=len(ids), most=EXTENDED)
    return ids, list(dict.fromkeys(one["id"] for one in properties))
