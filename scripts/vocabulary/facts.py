"""The facts tables: which genes, diseases, muscles and findings the atlas is about."""

from dataclasses import dataclass
from pathlib import Path

from .releases import read_tabbed

# Genes that Orphanet lacks or gives no disease, named in the notes on the releases.
GENES_WITHOUT_ASSOCIATION = ("DUX4", "JAG2", "PYROXD1", "MSTN")


@dataclass(frozen=True, slots=True)
class Muscle:
    """A French name, modern or older, of a muscle of UBERON."""

    french: str
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

    def older_french_muscles(self) -> list[Muscle]:
        """Older names that were read in a book, not those still to be checked."""
        return [
            Muscle(row["older_french"], row["uberon_id"], remark.strip(" ()"))
            for row in self.rows("muscles_french_older")
            for source, _, remark in [row["source_of_older_name"].partition("Myologie")]
            if "check before publishing" not in source
        ]

    def findings(self) -> set[str]:
        """HP CURIEs."""
        return {row["hp"] for row in self.rows("facts_histology_hpo")}
