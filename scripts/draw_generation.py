"""Draws the tables of facts that the synthetic atlas is made with from the reference releases.

uv run python scripts/draw_generation.py --shared ../shared
"""

import argparse
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vocabulary.releases import read_json_archive, read_tabbed
from vocabulary.tables import heading, read_rows, read_sources, write_table

PROJECT: Path = Path(__file__).parents[1]
TABLES: Path = PROJECT / "etl" / "generate" / "tables"

# What Orphanet writes where it has no answer, and what a gene of the nucleus cannot follow.
NO_ANSWER = {"Unknown", "Not applicable", "No data available", "Mitochondrial inheritance", "Multigenic/multifactorial"}


def draw(shared: Path, into: Path) -> None:
    """Write ``transcripts.tsv`` and ``courses.tsv`` for the pairs of ``diagnoses.tsv``."""
    releases = read_sources()["release"]
    pairs = sorted({(row["gene"], row["disease"]) for row in read_rows(TABLES / "diagnoses.tsv")})
    genes = {
        row["hgnc_id"]: row
        for row in read_tabbed(shared / "reference" / releases["hgnc"]["files"]["complete"], quoted=True)
    }
    packets = read_json_archive(shared / "reference" / releases["ordo"]["files"]["packets"])
    diseases = {f"ORPHA:{packet['ORPHAcode']}": packet for packet in (found["Orphapacket"] for found in packets)}
    write_table(
        into / "transcripts.tsv",
        heading({"title": "Reference transcripts of the genes of the synthetic atlas: MANE Select"}, releases["hgnc"]),
        ("gene", "transcript"),
        [(gene, transcript(genes[gene])) for gene in sorted({gene for gene, _ in pairs})],
    )
    title = "How the diseases of the synthetic atlas are inherited, by the chromosome of the gene, and when they begin"
    note = "chromosomes of HGNC 2024-10"
    write_table(
        into / "courses.tsv",
        heading({"title": title, "note": note}, releases["ordo"]),
        ("gene", "disease", "inheritance", "onset"),
        [(gene, code, *course(genes[gene], diseases[code])) for gene, code in pairs],
    )


def transcript(gene: Mapping[str, str]) -> str:
    """Return the RefSeq transcript, with its version, that HGNC names as MANE Select."""
    return next(name for name in gene["mane_select"].split("|") if name.startswith("NM_"))


def course(gene: Mapping[str, str], packet: Mapping[str, Any]) -> tuple[str, str]:
    """Return the modes of inheritance that the chromosome of the gene allows, and the ages of onset."""
    on_x = gene["location"].startswith("X")
    modes = (mode for mode in values(packet.get("TypeOfInheritances"), "TypeOfInheritance") if mode not in NO_ANSWER)
    onsets = (age for age in values(packet.get("AverageAgeOfOnsets"), "AverageAgeOfOnset") if age not in NO_ANSWER)
    return "|".join(sorted(mode for mode in modes if mode.startswith("X-linked") == on_x)), "|".join(sorted(onsets))


def values(entries: Any, name: str) -> Iterator[str]:
    """Yield the values of a list in an ORPHApacket, which is a dict where there is one value."""
    for entry in [entries] if isinstance(entries, dict) else entries or []:
        found = entry[name]
        yield from (value["value"] for value in ([found] if isinstance(found, dict) else found))


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("MUSCLE_ATLAS_SHARED", str(PROJECT.parent / "shared"))
    parser.add_argument("--shared", type=Path, default=Path(default), help="folder with reference/ and facts/")
    parser.add_argument("--into", type=Path, default=TABLES, help="folder to write to (default: etl/generate/tables)")
    chosen = parser.parse_args()
    draw(chosen.shared, chosen.into)


if __name__ == "__main__":
    main()
