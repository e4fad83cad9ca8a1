"""The facts tables: which genes, diseases, muscles and findings the atlas is about."""

from dataclasses import dataclass
from pathlib import Path

from .releases import read_tabbed
from .tables import read_rows

READ = Path(__file__).with_name("older_french_muscles.tsv")
"""Older French names that the facts leave to be checked, with the page of Richer's book where they were read."""

# Genes that Orphanet lacks or gives no disease, named in the notes on the releases.
GENES_WITHOUT_ASSOCIATION = ("DUX4", "JAG2", "PYROXD1", "MSTN")


@dataclass(frozen=True, slots=True)
class Muscle:
    """A name of a muscle of UBERON, English or French, modern or older."""

    name: str
    id: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The tables in the folder `facts` of the shared references."""

    folder: Path

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a table."""
        return list(read_tabbed(self.folder / f"{name}.tsv"))

    def genes(self) -> set[str]:
        """HGNC CURIEs."""
        pairs = {f"HGNC:{row['hgnc_id']}" for row in self.rows("facts_gene_disease")}
        return pairs | {row["hgnc_id"] for row in self.rows("neuromuscular")}

    def diseases(self) -> set[str]:
        """ORPHA CURIEs."""
        tables = ("facts_gene_disease", "orphanet_muscle_reference")
        codes = {f"ORPHA:{row['orpha_code']}" for table in tables for row in self.rows(table)}
        return codes | {row["orpha_code"] for row in self.rows("neuromuscular")}

    def english_since_2019(self) -> dict[str, str]:
        """ORPHA CURIE -> the English name of 2019, or nothing where it is unchanged."""
        rows = [row for row in self.rows("neuromuscular") if row["en_name_changed_since_2019"]]
        return {row["orpha_code"]: row["en_name_changed_since_2019"].partition(": ")[2] for row in rows}

    def families(self) -> list[tuple[str, str, int, str]]:
        """Gene, disease, number of the group, and whether the gene table was seen to say so."""
        return [
            (
                f"HGNC:{row['hgnc_id']}",
                f"ORPHA:{row['orpha_code']}",
                int(row["gene_table_group"].split()[0]),
                "verified" if row["group_status"] == "V" else f"unverified: {row['group_status']}",
            )
            for row in self.rows("facts_gene_disease")
        ]

    def muscles(self) -> set[str]:
        """UBERON CURIEs."""
        listed = {row["uberon_id"] for name in ("muscles", "muscles_french_older") for row in self.rows(name)}
        return listed | {row["uberon"].removesuffix(" ?") for row in self.rows("facts_muscles")}

    def french_muscles(self) -> list[Muscle]:
        """Return the verified French names; each term is verified by the label that UBERON gives it."""
        return [
            Muscle(row["french"].partition(" (")[0], row["uberon"].removesuffix(" ?"))
            for row in self.rows("facts_muscles")
            if "FR V" in row["status"] or "FR verified" in row["french"]
        ]

    def english_muscles(self) -> list[Muscle]:
        """Return the English names, with and without `muscle` behind; what stands in brackets is a remark."""
        names = (
            (row[column].partition(" (")[0], row["uberon"].removesuffix(" ?"))
            for row in self.rows("facts_muscles")
            for column in ("english", "uberon_label")
        )
        return [
            Muscle(spelled, curie)
            for name, curie in names
            for spelled in ((name,) if "musc" in name.lower() else (name, f"{name} muscle"))
        ]

    def older_french_muscles(self) -> list[Muscle]:
        """Older names that were read in a book: there by the facts, or at a page of ``older_french_muscles.tsv``."""
        pages = {row["french"]: f"p. {row['page']}" for row in read_rows(READ)}
        return [
            Muscle(row["older_french"], row["uberon_id"], pages.get(row["older_french"], remark.strip(" ()")))
            for row in self.rows("muscles_french_older")
            for source, _, remark in [row["source_of_older_name"].partition("Myologie")]
            if "check before publishing" not in source or row["older_french"] in pages
        ]

    def findings(self) -> set[str]:
        """HP CURIEs."""
        return {row["hp"] for row in self.rows("facts_histology_hpo")}
