"""Diseases and families of records, and what is known of them: which gene causes which, which family a pair is of."""

from collections import defaultdict
from dataclasses import replace
from functools import cached_property

import polars as pl

from etl.resolve.cells import Cells, listed
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import JOINER, Table, read_tables
from muscle_atlas.terms.words.matches import Match

ORPHANET = "ORPHA:"
"""How CURIEs of Orphanet begin."""


class Diseases:
    """The hierarchy of diseases and the pairs of ``ontology/pairs``, spread to every ancestor.

    Orphanet puts genes on subtypes and none on the groups above, so what holds for a disease holds for its groups.
    """

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        """Each disease with all its ancestors and itself."""
        parents: dict[str, list[str]] = {}
        for table in read_tables(ONTOLOGY / "terms", "ordo*.tsv"):
            if "parents" not in table.rows.columns:
                continue
            for disease, cell in table.rows.select("id", "parents").iter_rows():
                parents[disease] = cell.split(JOINER) if cell else []
        found: dict[str, frozenset[str]] = {}
        for disease in parents:
            reached, waiting = set(), [disease]
            while waiting:
                if (code := waiting.pop()) not in reached:
                    reached.add(code)
                    waiting += parents.get(code, [])
            found[disease] = frozenset(reached)
        return found

    @cached_property
    def _caused(self) -> dict[str, frozenset[str]]:
        """Each gene with every disease that it, or a subtype of which it, is associated with."""
        caused: dict[str, set[str]] = defaultdict(set)
        for table in read_tables(ONTOLOGY / "pairs", "associations*.tsv"):
            for gene, disease in table.rows.select("gene", "disease").iter_rows():
                caused[gene] |= self._ancestors.get(disease, frozenset((disease,)))
        return {gene: frozenset(diseases) for gene, diseases in caused.items()}

    def causes(self, gene: str, disease: str) -> bool:
        """Tell whether a gene is associated with a disease or one of its subtypes (CURIEs)."""
        return disease in self._caused.get(gene, frozenset())

    @cached_property
    def families(self) -> pl.DataFrame:
        """Pairs with their families: ``gene``, ``disease``, ``family`` as CURIEs, spread to every ancestor."""
        rows = Table(ONTOLOGY / "pairs" / "families.tsv").rows.select("gene", "disease", "family").iter_rows()
        spread = {
            (gene, ancestor, family)
            for gene, disease, family in rows
            for ancestor in self._ancestors.get(disease, frozenset((disease,)))
        }
        return pl.DataFrame(
            sorted(spread), schema={"gene": pl.String, "disease": pl.String, "family": pl.String}, orient="row"
        )


def resolve_diseases(
    table: pl.DataFrame, genes: dict[int, list[str] | None], diseases: Diseases, cells: Cells
) -> pl.DataFrame:
    """Resolve diseases; a word that covers several is linked only where the genes of its row leave one of them."""
    split = cells.split(table, "disease").sort("record", "position")
    lexicon = cells.lexicon("disease")
    matches = lexicon.resolve_words(split["value"].unique(maintain_order=True))
    found: list[tuple[int, str]] = []
    for record, word in split.select("record", "value").iter_rows():
        match = matches[word]
        known = genes.get(record) or []
        if match.identifier:
            found.append((record, match.identifier))
            cells.tell_accepted(record, "disease", match)
            if not match.identifier.startswith(ORPHANET):
                cells.tell("disease-without-orpha", record, "disease", word, [lexicon.candidate(match.identifier)])
        elif match.outcome == "broad":
            found += [(record, identifier) for identifier in _deduce(record, match, known, diseases, cells)]
        else:
            cells.tell_unresolved(record, "disease", _ordered(match, known, diseases))
    return listed(pl.DataFrame(found, schema={"record": pl.UInt32, "disease": pl.String}, orient="row"), "disease")


def _ordered(match: Match, genes: list[str], diseases: Diseases) -> Match:
    """Put the diseases that the genes of a row cause before the others; which one is meant is not for them to say."""
    caused = {one for one in match.candidates if any(diseases.causes(gene, one.identifier) for gene in genes)}
    return replace(match, candidates=tuple(sorted(match.candidates, key=lambda one: one not in caused)))


def _deduce(record: int, match: Match, genes: list[str], diseases: Diseases, cells: Cells) -> list[str]:
    """Return the one disease that the genes of a row leave of those that a word covers, as a curator decided."""
    fitting = [
        candidate
        for candidate in match.candidates
        if any(diseases.causes(gene, candidate.identifier) for gene in genes)
    ]
    if len(fitting) == 1:
        mended = cells.spell("disease", fitting)
        cells.tell("disease-deduced", record, "disease", match.word, fitting, corrections=mended)
        return [fitting[0].identifier]
    if not genes and (record, "gene") in cells.told:
        # A gene that could not be read is cause enough.
        cells.told.add((record, "disease"))
    else:
        told = fitting or match.candidates
        cells.tell("disease-broad", record, "disease", match.word, told, corrections=cells.spell("disease", told))
    return []


def resolve_families(table: pl.DataFrame, out: pl.DataFrame, diseases: Diseases, cells: Cells) -> pl.DataFrame:
    """Resolve families, and derive those of empty cells from gene and disease."""
    told = cells.words(table, "family")
    pairs = out.select("record", "gene", "disease").explode("gene").explode("disease").drop_nulls()
    empty = table.filter(pl.col("family").is_null()).select("record")
    derived = (
        pairs.join(empty, on="record")
        .join(diseases.families, on=["gene", "disease"])
        .select("record", "family")
        .unique()
        .sort("record", "family")
    )
    return listed(pl.concat([told, derived]), "family")
