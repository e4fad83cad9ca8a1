"""Constraints on a node's own triples: what they say depends on the values alone, so equal values are judged once."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl
import rdflib
from rdflib.namespace import RDF, SH, XSD

from etl.validate.focus import find_nodes
from etl.validate.judge import Judge, JudgeError, Result, judge, name_shape
from etl.validate.predicates import Predicates
from etl.validate.shapes import Faults, NearRule, Shapes, Triple, raise_fault
from etl.validate.terms import write_term

BATCH = 10_000
"""Cases given to pySHACL at a time: bounds the memory that rdflib takes. A choice, not a measured optimum."""

_CASE, _SHAPE = "case:", "shape:"
_JOINER = "\n"
"""Stands in no term of N-Triples text."""

# What a regular expression may hold for Python and Rust to read it alike: signs that stand for themselves, classes of
# them, groups, choices and counts; no possessive counts, no look-around, no sets of sets.
_PLAIN = re.compile(r"(?:[A-Za-z0-9_ :/#.,%*+?|()\[\]{}^$<>=-]|\\[^A-Za-z0-9])*")
_NOT_PLAIN = re.compile(r"\(\?|\[\[|\[\^?\]|--|[*+?}]\+|\{,")


@dataclass(frozen=True)
class _Case:
    """Values that are judged once, for all nodes that have them."""

    rule: NearRule
    constraints: frozenset[Triple]
    values: tuple[str, ...]
    nodes: pl.Series


def judge_cases(
    predicates: Predicates, shapes: Shapes, judging: Judge = judge, fault: Faults = raise_fault
) -> Iterator[Result]:
    """Give the results of every rule on a node's own triples.

    pySHACL judges each different value once for each rule, and each different number of values; what is seen to be
    right by columns is not given to it at all.
    """
    waiting: list[_Case] = []
    for rule in shapes.near:
        try:
            waiting += _cases(rule, predicates)
        except (pl.exceptions.PolarsError, ValueError) as error:
            # What follows an empty line tells the workings of polars.
            fault(rule.shape, JudgeError(str(error).partition("\n\n")[0]))
        while len(waiting) >= BATCH:
            yield from _judge_each(waiting[:BATCH], judging, fault)
            waiting = waiting[BATCH:]
    if waiting:
        yield from _judge_each(waiting, judging, fault)


def _judge_each(cases: list[_Case], judging: Judge, fault: Faults) -> Iterator[Result]:
    """Judge cases together; where that fails, those of each rule and kind of constraint by themselves."""
    try:
        yield from list(_judge(cases, judging))
    except JudgeError as error:
        alike: dict[tuple[rdflib.term.Node, frozenset[Triple]], list[_Case]] = defaultdict(list)
        for case in cases:
            alike[case.rule.shape, case.constraints].append(case)
        if len(alike) == 1:
            fault(cases[0].rule.shape, error)
            return
        for part in alike.values():
            yield from _judge_each(part, judging, fault)


def _judge(cases: list[_Case], judging: Judge) -> Iterator[Result]:
    lines: list[str] = []
    shapes = rdflib.Graph()
    known: dict[tuple[rdflib.term.Node, frozenset[Triple]], rdflib.URIRef] = {}
    for number, case in enumerate(cases):
        key = (case.rule.shape, case.constraints)
        if key not in known:
            known[key] = rdflib.URIRef(f"{_SHAPE}{len(known)}")
            _describe(known[key], case, shapes)
        node = f"<{_CASE}{number}>"
        lines.append(f"{node} <{known[key]}> {node} .\n")
        lines += (f"{node} <{case.rule.path}> {value} .\n" for value in case.values)
    for result in judging("".join(lines).encode(), shapes):
        stand_in = result.focus
        case = cases[int(stand_in.removeprefix(f"<{_CASE}").removesuffix(">"))]
        of_values = case.constraints is case.rule.values
        told = replace(result, rule=name_shape(case.rule.shape), value=result.value if of_values else None)
        for node in case.nodes.cast(pl.String):
            messages = tuple((text.replace(stand_in, node), language) for text, language in told.messages)
            yield replace(told, focus=node, messages=messages)


def _describe(name: rdflib.URIRef, case: _Case, shapes: rdflib.Graph) -> None:
    """Describe a shape with some of its constraints, for the subjects of its own name as predicate."""
    shapes.add((name, SH.targetSubjectsOf, name))
    shapes.add((name, SH.path, case.rule.path))
    for subject, predicate, value in case.constraints | case.rule.words:
        shapes.add((name if subject == case.rule.shape else subject, predicate, value))


def _cases(rule: NearRule, predicates: Predicates) -> Iterator[_Case]:
    nodes = find_nodes(rule.targets, predicates)
    pairs = predicates[str(rule.path)].join(nodes, on="s", how="semi")
    if rule.values:
        for value, having in _wrong(rule, pairs).group_by("o").agg("s").iter_rows():
            yield _Case(rule, rule.values, (value,), _series(having, predicates))
    if rule.counts:
        yield from _counted(rule, nodes, pairs, predicates)
    if rule.lists:
        lists = pairs.group_by("s").agg(pl.col("o").cast(pl.String).sort().str.join(_JOINER))
        without = nodes.join(pairs, on="s", how="anti").with_columns(o=pl.lit(None, dtype=pl.String))
        for values, having in pl.concat([lists, without]).group_by("o").agg("s").iter_rows():
            parts = tuple(values.split(_JOINER)) if values is not None else ()
            yield _Case(rule, rule.lists, parts, _series(having, predicates))


def _counted(rule: NearRule, nodes: pl.DataFrame, pairs: pl.DataFrame, predicates: Predicates) -> Iterator[_Case]:
    limits = {predicate: int(str(value)) for _, predicate, value in rule.counts}
    least, most = limits.get(SH.minCount, 0), limits.get(SH.maxCount)
    counted = pairs.group_by("s").agg(n=pl.len().cast(pl.Int64))
    without = nodes.join(counted, on="s", how="anti").with_columns(n=pl.lit(0, dtype=pl.Int64))
    wrong = pl.col("n") < least
    if most is not None:
        wrong |= pl.col("n") > most
    for number, having in pl.concat([counted, without]).filter(wrong).group_by("n").agg("s").iter_rows():
        # One more than the most says as much as a thousand more.
        stand_ins = number if most is None else min(number, most + 1)
        values = tuple(f"<value:{each}>" for each in range(stand_ins))
        yield _Case(rule, rule.counts, values, _series(having, predicates))


def _series(nodes: list[str], predicates: Predicates) -> pl.Series:
    return pl.Series(nodes, dtype=predicates.term)


def _wrong(rule: NearRule, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs whose value is not right beyond doubt; each different one is looked at once."""
    distinct = pairs.select(pl.col("o").unique())
    wrong = distinct.select(pl.col("o").cast(pl.String)).select(~_right(rule)).to_series()
    return pairs.join(distinct.filter(wrong), on="o", how="semi")


def _right(rule: NearRule) -> pl.Expr:
    """Tell where one value ``o`` keeps every constraint of a rule on values beyond doubt."""
    value = pl.col("o")
    iri = value.str.starts_with("<")
    string = value.str.starts_with('"') & value.str.ends_with('"')
    right = (iri | string) & ~value.str.contains("\\", literal=True)
    for subject, constraint, wanted in rule.values:
        text = str(wanted)
        if subject != rule.shape:
            continue
        if constraint == SH.nodeKind and wanted == SH.IRI:
            right &= iri
        elif constraint == SH.datatype and wanted == XSD.string:
            right &= string
        elif constraint == SH["in"]:
            members = [term for _, step, term in rule.values if step == RDF.first]
            right &= value.is_in([write_term(term) for term in members if isinstance(term, rdflib.URIRef)])
        elif constraint == SH.pattern and _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text):
            right &= value.str.slice(1, value.str.len_chars() - 2).str.contains(text)
        else:
            return pl.lit(value=False)
    return right
