"""Immunostains: the antibody that a stain names, the target it has, and the microscope it is shown by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import polars as pl
import pyoxigraph as ox

from etl.resolve.cells import Cells, distinct
from muscle_atlas.folding import fold
from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import JOINER, Table
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.matches import Candidate, Match

METHODS = ("stain:IHC", "stain:IF")
"""The immunostains whose antibody is not told."""

_CUT = re.compile(r"[\s:;/(+-]+")
_LINK = re.compile(r"^(?:anticorps|antibody|marquage|staining|de la|de l'|de|du|des|of|for|pour|to|contre)\b\s*", re.I)


@dataclass(frozen=True)
class Antibodies:
    """What ``ontology/schemes/stain.ttl`` says of the immunostains, by CURIE."""

    targets: dict[str, tuple[str, ...]]
    """The genes of the antigen of each stain that has one."""
    seen_by: dict[str, str]
    """The technique that each of ``METHODS`` is seen by."""
    named: dict[frozenset[str], str]
    """The most general stain with just these targets."""


@cache
def read_antibodies() -> Antibodies:
    """Read the scheme of stains."""
    names = Names(default_base())
    store = ox.Store()
    store.load(path=str(ONTOLOGY / "schemes" / "stain.ttl"), format=ox.RdfFormat.TURTLE)

    def pairs(predicate: str) -> Iterator[tuple[str, str]]:
        for quad in store.quads_for_pattern(None, ox.NamedNode(names.expand(predicate)), None, None):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                yield names.compress(quad.subject.value), names.compress(quad.object.value)

    targets: dict[str, tuple[str, ...]] = {}
    for stain, gene in sorted(pairs("ma:target")):
        targets[stain] = (*targets.get(stain, ()), gene)
    broader = set(pairs("skos:broader"))
    named = {
        frozenset(genes): stain
        for stain, genes in targets.items()
        if not any((stain, other) in broader for other, same in targets.items() if same == genes)
    }
    return Antibodies(targets, {stain: technique for stain, technique in pairs("ma:seenBy") if stain in METHODS}, named)


def separate_methods(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Read cells such as "IF dystrophine": the antibody stays in ``stain``, the method tells the technique.

    The technique is filled in where its cell is empty, or says no more than the technique that is broader.
    """
    antibodies, lexicon = read_antibodies(), cells.lexicon("stain")
    methods = {word: method for method in METHODS for word in lexicon.words_of(method)}
    stains: dict[str, str] = {}
    seen: dict[str, str] = {}
    for word in distinct(table, "stain"):
        method = methods.get(fold(word))
        if method is None and (found := _split(word, methods, lexicon, antibodies)):
            method, stains[word] = found
        if method is not None:
            seen[word] = antibodies.seen_by[method]
    if not seen:
        return table
    told = cells.lexicon("technique").resolve_words(distinct(table, "technique"))
    broader = _broader_techniques()
    _tell_other_techniques(table, {word: seen[word] for word in stains}, told, cells)
    wide = [
        {"technique": word, "seen": technique, "wide": True}
        for word, match in told.items()
        for technique in set(seen.values())
        if match.identifier in broader[technique]
    ]
    narrowed = pl.DataFrame(wide, schema={"technique": pl.String, "seen": pl.String, "wide": pl.Boolean})
    return (
        table.with_columns(pl.col("stain").replace_strict(seen, default=None, return_dtype=pl.String).alias("seen"))
        .join(narrowed, on=["technique", "seen"], how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("seen").is_not_null() & (pl.col("technique").is_null() | pl.col("wide")))
            .then(pl.col("seen"))
            .otherwise(pl.col("technique"))
            .alias("technique"),
            pl.col("stain").replace(stains),
        )
        .drop("seen", "wide")
    )


def _tell_other_techniques(table: pl.DataFrame, seen: dict[str, str], told: dict[str, Match], cells: Cells) -> None:
    """Tell of rows whose technique is neither that of the method in their stain, nor narrower, nor broader.

    The graph keeps the antibody and not the method, so that no shape can tell it there.
    """
    broader = _broader_techniques()
    labels = cells.lexicon("technique").labels
    rows = table.select("record", "stain", "technique").filter(pl.col("stain").is_in(list(seen))).drop_nulls()
    for record, stain, word in rows.iter_rows():
        technique, method = told[word].identifier, seen[stain]
        if technique and technique != method and not {technique, method} & (broader[method] | broader[technique]):
            meant = Candidate(method, labels[method])
            mended = cells.spell("technique", [meant])
            cells.tell("technique-differs", record, "technique", word, [meant, word], corrections=mended)


def _split(word: str, methods: dict[str, str], lexicon: Lexicon, antibodies: Antibodies) -> tuple[str, str] | None:
    """Return the method and the antibody of a cell that names both, in whatever order."""
    if not any(method in fold(word) for method in methods) or lexicon.resolve(word).identifier:
        return None
    for cut in _CUT.finditer(word):
        parts = word[: cut.start()], word[cut.end() :].strip(" )")
        for method, antibody in (parts, parts[::-1]):
            if known := methods.get(fold(method)):
                rest = _LINK.sub("", _LINK.sub("", antibody.strip()))
                if (stain := lexicon.resolve(rest).identifier) in antibodies.targets:
                    return known, str(stain)
    return None


@cache
def _broader_techniques() -> dict[str, set[str]]:
    rows = Table(ONTOLOGY / "terms" / "fbbi.tsv").rows.select("id", "parents")
    return {technique: set((parents or "").split(JOINER)) for technique, parents in rows.iter_rows()}


def at_or_below(technique: str) -> set[str]:
    """Return a technique (CURIE) and those directly below it."""
    return {technique} | {narrower for narrower, broader in _broader_techniques().items() if technique in broader}


def name_antibodies(out: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Give an immunostain with a target the antibody's own stain, and a stain that names an antibody its target."""
    antibodies = read_antibodies()
    stains: dict[int, str] = {}
    targets: dict[int, list[str]] = {}
    for record, stain, told in out.select("record", "stain", "target").drop_nulls("stain").iter_rows():
        if stain in METHODS and told:
            if named := antibodies.named.get(frozenset(told)):
                stains[record] = named
        elif stain in antibodies.targets and not told and (record, "target") not in cells.told:
            targets[record] = list(antibodies.targets[stain])
    own = pl.DataFrame(
        {"record": list(stains), "own": list(stains.values())}, schema={"record": pl.UInt32, "own": pl.String}
    )
    filled = pl.DataFrame(
        {"record": list(targets), "filled": list(targets.values())},
        schema={"record": pl.UInt32, "filled": pl.List(pl.String)},
    )
    return (
        out.join(own, on="record", how="left", maintain_order="left")
        .join(filled, on="record", how="left", maintain_order="left")
        .with_columns(pl.coalesce("own", "stain").alias("stain"), pl.coalesce("filled", "target").alias("target"))
        .drop("own", "filled")
    )
