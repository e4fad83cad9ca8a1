"""What is known of diseases: which gene causes which, which family a pair belongs to."""

from collections import defaultdict
from functools import cached_property

import polars as pl

from etl.tables import JOINER, Table, read_tables
from muscle_atlas.rooms import ONTOLOGY


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
