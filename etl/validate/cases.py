"""Constraints on a node's own triples: what they say depends on the values alone, so equal values are judged once."""

import re
from collections.abc import Iterator

import polars as pl
import rdflib
from rdflib.namespace import SH, XSD

from etl.validate.judge import Result, judge
from etl.validate.predicates import Predicates
from etl.validate.shapes import NearRule, Shapes
from etl.validate.terms import read_term

BATCH = 10_000
"""Cases given to pySHACL at a time: bounds the memory that rdflib takes. A choice, not a measured optimum."""

_JOINER = "\n"
"""Stands in no term of N-Triples text."""

# What a regular expression may hold for Python and Rust to read it alike: signs that stand for themselves, classes of
# them, groups, choices and counts; no possessive counts, no look-around, no sets of sets.
_PLAIN = re.compile(r"(?:[A-Za-z0-9_ :/#.,%*+?|()\[\]{}^$<>=-]|\\[^A-Za-z0-9])*")
_NOT_PLAIN = re.compile(r"\(\?|\[\[|\[\^?\]|--|[*+?}]\+|\{,")


def judge_cases(predicates: Predicates, shapes: Shapes) -> Iterator[Result]:
    """Give the results of every rule on a node's own triples.

    pySHACL judges each different list of values once for each rule; what is seen to be right by columns is not given
    to it at all.
    """
    cases: list[tuple[NearRule, str, list[str]]] = []
    for rule in shapes.near:
        cases += ((rule, values or "", nodes) for values, nodes in _cases(rule, predicates).iter_rows())
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        graph = rdflib.Graph()
        for number, (rule, values, _) in enumerate(batch):
            case = rdflib.URIRef(f"case:{number}")
            graph.add((case, rule.shape, case))
            for value in values.split(_JOINER) if values else ():
                graph.add((case, rule.path, read_term(value)))
        for result in judge(graph, shapes.local):
            for node in batch[int(result.focus.removeprefix("<case:").removesuffix(">"))][2]:
                yield Result(rule=result.rule, focus=node, value=result.value, path=result.path)


def _cases(rule: NearRule, predicates: Predicates) -> pl.DataFrame:
    """Return each different list of values, joined to a text, with the nodes that have it."""
    nodes = pl.concat([predicates.instances(target) for target in rule.targets]).unique()
    pairs = predicates[str(rule.path)].join(nodes, on="s", how="semi").unique()
    several = pl.col("s").is_duplicated()
    single = pairs.filter(~several).filter(~_right(rule))
    lists = pairs.filter(several).group_by("s").agg(pl.col("o").sort().str.join(_JOINER))
    without = nodes.join(pairs, on="s", how="anti").with_columns(o=pl.lit(None, dtype=pl.String))
    if not {SH.minCount, SH.hasValue} & {constraint for constraint, _ in rule.constraints}:
        # No other constraint can be broken by no value at all.
        without = without.clear()
    return pl.concat([single.select("s", "o"), lists.select("s", "o"), without]).group_by("o").agg("s")


def _right(rule: NearRule) -> pl.Expr:
    """Tell where one value ``o`` keeps every constraint of a rule beyond doubt."""
    value = pl.col("o")
    iri = value.str.starts_with("<")
    string = value.str.starts_with('"') & value.str.ends_with('"')
    right = (iri | string) & ~value.str.contains("\\", literal=True)
    for constraint, wanted in rule.constraints:
        text = str(wanted)
        if (constraint == SH.minCount and int(text) <= 1) or (constraint == SH.maxCount and int(text) >= 1):
            continue
        if constraint == SH.nodeKind and wanted == SH.IRI:
            right &= iri
        elif constraint == SH.datatype and wanted == XSD.string:
            right &= string
        elif constraint == SH.pattern and _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text):
            right &= value.str.slice(1, value.str.len_chars() - 2).str.contains(text)
        else:
            return pl.lit(value=False)
    return right
