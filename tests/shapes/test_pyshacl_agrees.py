"""Our validation, in parts and on a store, finds what one plain pySHACL run over everything finds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import polars as pl
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import processor
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import Query

from benchmarks.made_up import describe_made_up
from etl.problems import Rules
from etl.validate.predicates import Predicates
from etl.validate.results import parse_quads, validate
from etl.validate.shapes import Shapes
from tests.shapes.shape_examples import NAMES, Example, graphs, vocabularies

Triple = tuple[str, str, str]
"""A triple of N-Triples text."""
Told = tuple[str, str, str, str | None, str]
"""Focus node, rule, path, value and severity of a result; blank nodes without their labels."""

ATLAS = f"<{NAMES.mint('graph', 'atlas')}>"
EXAMPLES = graphs()
GRAPHS = sorted((Path(__file__).parent / "graphs").glob("validate-*.ttl"))


class Validators:
    """Both ways of validating, with the vocabularies read once."""

    def __init__(self) -> None:
        self.shapes = Shapes(NAMES)
        self.severities = {iri: rule.severity for iri, rule in Rules(NAMES, "en").by_iri.items()}
        lines = [" ".join(triple) + " ." for triple in vocabularies().select("s", "p", "o").iter_rows()]
        self.everything = rdflib.Graph().parse(data="\n".join(lines), format="nt")

    def ours(self, triples: set[Triple]) -> set[Told]:
        """What etl.validate finds in ``triples``."""
        rows = [(*triple, ATLAS) for triple in sorted(triples)]
        graph = pl.DataFrame(rows, schema=dict.fromkeys("spog", pl.String), orient="row")
        found = validate(Predicates(pl.concat([graph, vocabularies()])), self.shapes)
        return {
            (
                _unlabelled(result.focus),
                result.rule,
                result.path or "",
                self._kept(result.value),
                self.severities[result.rule],
            )
            for result in found
        }

    def plain(self, triples: set[Triple]) -> set[Told]:
        """What pySHACL finds in ``triples`` and vocabularies with all shapes at once."""
        with self._joined(triples):
            _, report, _ = pyshacl.validate(
                self.everything, shacl_graph=self.shapes.graph, inplace=True, advanced=False
            )
        assert isinstance(report, rdflib.Graph)
        return {
            (
                _text(report.value(result, SH.focusNode)) or "",
                str(report.value(result, SH.sourceShape)),
                _text(report.value(result, SH.resultPath)) or "",
                self._kept(_text(report.value(result, SH.value))),
                str(report.value(result, SH.resultSeverity)).rpartition("#")[2].lower(),
            )
            for result in report.subjects(RDF.type, SH.ValidationResult)
        }

    @contextmanager
    def _joined(self, triples: set[Triple]) -> Iterator[None]:
        text = "\n".join(" ".join(triple) + " ." for triple in sorted(triples))
        added = [triple for triple in rdflib.Graph().parse(data=text, format="nt") if triple not in self.everything]
        for triple in added:
            self.everything.add(triple)
        try:
            yield
        finally:
            for triple in added:
                self.everything.remove(triple)

    def _kept(self, value: str | None) -> str | None:
        """Return a value as a store keeps it: the number, not how it is spelled ("36.0" and "36" are one)."""
        if value is None or not value.startswith('"'):
            return value and _unlabelled(value)
        scratch = ox.Store()
        scratch.load(f"<x:> <x:> {value} .", format=ox.RdfFormat.N_TRIPLES)
        return str(next(iter(scratch)).object)


def _unlabelled(term: str) -> str:
    return "_:" if term.startswith("_:") else term


def _text(term: rdflib.term.Node | None) -> str | None:
    if term is None or isinstance(term, rdflib.BNode):
        return term if term is None else "_:"
    if isinstance(term, rdflib.Literal):
        datatype = ox.NamedNode(term.datatype) if term.datatype and not term.language else None
        return str(ox.Literal(str(term), datatype=datatype, language=term.language))
    return f"<{term}>"


@pytest.fixture(scope="module")
def validators() -> Iterator[Validators]:
    # rdflib would spell literals anew while it reads them: "P12M" would be told as "P1Y".
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        # pySHACL has each query read anew for each node, which takes most of its time.
        patch.setattr(processor, "parseQuery", lambda text: text)
        patch.setattr(processor, "translateQuery", _read_query)
        yield Validators()


@lru_cache
def _read_once(text: str, base: str | None, namespaces: frozenset[tuple[str, str]]) -> Query:
    return translateQuery(parseQuery(text), base, dict(namespaces))


def _read_query(text: str, base: str | None, namespaces: dict[str, str]) -> Query:
    return _read_once(text, base, frozenset(namespaces.items()))


def _read(*paths: Path) -> set[Triple]:
    found: set[Triple] = set()
    for path in paths:
        form = ox.RdfFormat.from_extension(path.suffix.lstrip("."))
        parsed = parse_quads(ox.parse(path.read_bytes(), format=form, rename_blank_nodes=True))
        found |= set(parsed.select("s", "p", "o").iter_rows())
    return found


def _assert_agreed(validators: Validators, triples: set[Triple], *, some: bool) -> None:
    ours, plain = validators.ours(triples), validators.plain(triples)
    only_ours, only_plain = ours - plain, plain - ours
    assert not only_ours and not only_plain, json.dumps(
        {"only ours": sorted(map(str, only_ours)), "only pySHACL": sorted(map(str, only_plain))}, indent=1
    )
    assert bool(ours) >= some, "nothing was found, so nothing was compared"


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_an_example_is_judged_alike(example: Example, validators: Validators) -> None:
    some = example.rule is not None and example.path.suffix == ".ttl"
    _assert_agreed(validators, _read(example.path), some=some)


def test_all_examples_at_once_are_judged_alike(validators: Validators) -> None:
    _assert_agreed(validators, _read(*(example.path for example in EXAMPLES)), some=True)


@pytest.mark.parametrize("path", GRAPHS, ids=[path.stem for path in GRAPHS])
def test_a_graph_that_was_hard_once_is_judged_alike(path: Path, validators: Validators) -> None:
    _assert_agreed(validators, _read(path), some=True)


VALID = sorted(_read(*(example.path for example in EXAMPLES if example.rule is None and example.path.suffix == ".ttl")))
TERMS = sorted({term for triple in VALID for term in triple if not term.startswith('"')})
PREDICATES = sorted({predicate for _, predicate, _ in VALID})
ODD = (
    '""', '"RYR1"', '"RYR1"@en', '"c.14582G>A"', '"a\\\\xb"', '"say \\"cores\\""',
    '"two\\nlines\\tand a tab"', '"café ℞ 🔬"',
    *(
        f'"{value}"^^<{NAMES.expand(f"xsd:{datatype}")}>'
        for value, datatype in (
            ("5", "integer"), ("-1", "integer"), ("46", "integer"), ("121.5", "decimal"), ("-0.5", "decimal"),
            ("450", "double"), ("many", "decimal"), ("P14Y", "duration"), ("P9M", "duration"),
            ("14 ans", "duration"), ("2026-11-22", "date"), ("2026-11-22T08:30:00Z", "dateTime"),
            ("true", "boolean"), ("perhaps", "boolean"), ("https://example.org/", "anyURI"),
        )
    ),
    "_:someone",
    *(f"<{NAMES.expand(curie)}>" for curie in ("MONDO:0018947", "OMIM:117000", "status:control", "ma:sex")),
    "<https://example.org/caf%C3%A9>", "<urn:uuid:0>",
)  # fmt: skip
OBJECTS = st.sampled_from([*TERMS, *ODD])
SUBJECTS = st.sampled_from([*(term for term in TERMS if term.startswith("<")), "_:someone"])

Change = tuple[str, int, str, str, str]
CHANGES = st.tuples(
    st.sampled_from(["drop", "add value", "alter value", "alter subject", "alter predicate", "add"]),
    st.integers(0, len(VALID) - 1),
    SUBJECTS,
    st.sampled_from(PREDICATES),
    OBJECTS,
)


def _changed(changes: list[Change]) -> set[Triple]:
    """Return the valid examples with some triples dropped, altered and added."""
    triples = set(VALID)
    for kind, place, subject, predicate, target in changes:
        old = VALID[place]
        if kind != "add" and not kind.startswith("add "):
            triples.discard(old)
        new = {
            "add value": (old[0], old[1], target),
            "alter value": (old[0], old[1], target),
            "alter subject": (subject, old[1], old[2]),
            "alter predicate": (old[0], predicate, old[2]),
            "add": (subject, predicate, target),
        }.get(kind)
        if new:
            triples.add(new)
    return triples


@settings(max_examples=40, deadline=None, derandomize=True)
@given(changes=st.lists(CHANGES, min_size=1, max_size=8))
def test_what_is_changed_at_random_is_judged_alike(changes: list[Change], validators: Validators) -> None:
    _assert_agreed(validators, _changed(changes), some=False)


def _planted() -> set[Triple]:
    """Return every example that breaks a rule, each about things of its own."""
    planted: set[Triple] = set()
    for example in EXAMPLES:
        if example.rule is None or example.path.suffix != ".ttl":
            continue
        triples = _read(example.path)
        own = {subject for subject, _, _ in triples if subject.startswith(f"<{NAMES.base}")}
        own |= {target for _, _, target in triples if target.startswith(f"<{NAMES.expand('doi:')}")}
        fresh = {term: f"{term[:-1]}-{example.rule}>" for term in own}
        planted |= {tuple(fresh.get(term, term) for term in triple) for triple in triples}  # type: ignore[misc]
    return planted


def _assert_all_found(size: int, validators: Validators) -> None:
    triples = set(describe_made_up(size, NAMES).iter_rows()) | _planted()
    found = {rule.rpartition("/")[2] for _, rule, _, _, _ in validators.ours(triples)}
    broken = {example.rule for example in EXAMPLES if example.rule and example.path.suffix == ".ttl"}
    assert broken <= found, f"planted and not found: {broken - found}"
    _assert_agreed(validators, triples, some=True)


def test_an_atlas_with_a_fault_of_every_rule_is_judged_alike(validators: Validators) -> None:
    _assert_all_found(12, validators)


@pytest.mark.long
def test_an_atlas_of_the_published_size_with_a_fault_of_every_rule_is_judged_alike(
    validators: Validators,
) -> None:
    # Takes pySHACL half an hour.
    _assert_all_found(5_006, validators)
