"""The kinds that there are, read from ``tables/*.tsv`` and the vocabularies of the house."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from etl.generate.kinds import SEVERAL, Diagnosis, Finding, Magnification, Model, Muscle, Onset, Stain, Term
from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import JOINER, Table

TABLES = Path(__file__).parent / "tables"
FAVOUR = 4
"""How many times more often a stain is used where the disease has a finding that it shows; made up."""


class Catalogue:
    """Everything that the records of a synthetic atlas are made of."""

    @cached_property
    def stains(self) -> tuple[Stain, ...]:
        """Stains in the order of their table."""
        concepts = _read_scheme(ONTOLOGY / "schemes" / "stain.ttl")
        symbols = {row["id"]: row["label_en"] for row in _rows(ONTOLOGY / "terms" / "hgnc.tsv")}
        structures = {row["stain"]: row for row in _rows(TABLES / "structures.tsv")}
        return tuple(
            Stain(
                notation=row["stain"],
                kind=row["kind"],
                label=concepts[row["stain"]][0],
                weight=float(row["weight"]),
                techniques=_several(row["techniques"]),
                target=SEVERAL.join(sorted(symbols[gene] for gene in concepts[row["stain"]][1])) or None,
                structure=structures.get(row["stain"], {}).get("label"),
                structure_chance=float(structures.get(row["stain"], {}).get("chance", 0)),
            )
            for row in _rows(TABLES / "stains.tsv")
        )

    @cached_property
    def electron(self) -> int:
        """Position of the stain of electron micrographs."""
        return next(place for place, stain in enumerate(self.stains) if stain.kind == "electron")

    @cached_property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Gene-disease pairs in the order of their table."""
        french = _french("ordo.tsv")
        transcripts = {row["gene"]: row["transcript"] for row in _rows(TABLES / "transcripts.tsv")}
        courses = {(row["gene"], row["disease"]): row for row in _rows(TABLES / "courses.tsv")}
        return tuple(
            Diagnosis(
                gene=row["gene"],
                symbol=row["symbol"],
                transcript=transcripts[row["gene"]],
                disease=Term(row["label"], french.get(row["disease"], row["label"])),
                weight=float(row["weight"]),
                sex=row["sex"],
                inheritances=_several(courses[row["gene"], row["disease"]]["inheritance"]),
                onsets=_several(courses[row["gene"], row["disease"]]["onset"]) or ("unknown",),
                **self._appearance(_several(row["patterns"])),
            )
            for row in _rows(TABLES / "diagnoses.tsv")
        )

    def _appearance(self, patterns: tuple[str, ...]) -> dict[str, Any]:
        """Return the findings of some patterns, and the weights of stains where those are looked for."""
        rows = [row for row in _rows(TABLES / "findings.tsv") if row["pattern"] in patterns]
        named = {stain for row in rows for stain in _several(row["stains"])}
        french = _french("hpo.tsv")
        findings: dict[str, Finding] = {}
        for row in rows:
            shown = _several(row["stains"])
            stains = frozenset(stain.notation for stain in self.stains if {stain.notation, stain.kind} & set(shown))
            label = Term(row["label"], row["french"] or french[row["finding"]])
            before = findings.get(row["label"])
            findings[row["label"]] = Finding(
                label,
                stains | (before.stains if before else frozenset()),
                max(float(row["chance"]), before.chance if before else 0),
            )
        weights = (stain.weight * (FAVOUR if stain.notation in named else 1) for stain in self.stains)
        return {"findings": tuple(findings.values()), "stain_weights": tuple(weights)}

    @cached_property
    def muscles(self) -> tuple[Muscle, ...]:
        """Muscles in the order of their table."""
        french = _french("uberon-fr.tsv")
        return tuple(
            Muscle(
                Term(row["label"], french.get(row["muscle"], row["label"])),
                {species: float(row[species]) for species in ("human", "mouse", "dog")},
            )
            for row in _rows(TABLES / "muscles.tsv")
        )

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """Animals in the order of their table."""
        pairs = [(row["gene"], row["disease"]) for row in _rows(TABLES / "diagnoses.tsv")]
        diagnoses = dict(zip(pairs, self.diagnoses, strict=True))
        return tuple(
            Model(
                species=row["species"],
                strain=row["strain"],
                genotypes={sex: row[f"genotype_{sex}"] for sex in ("female", "male") if row[f"genotype_{sex}"]},
                symbol=row["symbol"],
                diagnosis=diagnoses[row["gene"], row["disease"]],
                wild_type=row["wild_type"],
                until_weeks=int(row["until_weeks"]),
                weight=float(row["weight"]),
                treatments=_several(row["treatments"]),
            )
            for row in _rows(TABLES / "models.tsv")
        )

    @cached_property
    def onsets(self) -> dict[str, Onset]:
        """Ages at biopsy by the age of onset that Orphanet gives, and of carriers and controls."""
        return {
            row["onset"]: Onset(int(row["from_months"]), int(row["until_months"]), float(row["fetal"]))
            for row in _rows(TABLES / "onsets.tsv")
        }

    @cached_property
    def magnifications(self) -> dict[bool, tuple[Magnification, ...]]:
        """Magnifications of light (false) and electron (true) micrographs."""
        found: dict[bool, list[Magnification]] = {False: [], True: []}
        for row in _rows(TABLES / "magnifications.tsv"):
            found[row["electron"] == "yes"].append(
                Magnification(
                    row["magnification"], row["pixel_size_um"], float(row["weight"]), float(row["from_years"])
                )
            )
        return {electron: tuple(listed) for electron, listed in found.items()}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return Table(path).rows.iter_rows(named=True)


def _several(cell: str | None) -> tuple[str, ...]:
    return tuple(cell.split(JOINER)) if cell else ()


def _french(table: str) -> dict[str, str]:
    return {row["id"]: row["label_fr"] for row in _rows(ONTOLOGY / "terms" / table) if row["label_fr"]}


def _read_scheme(path: Path) -> dict[str, tuple[Term, list[str]]]:
    """Return notation to label and targets (CURIEs) of every concept of a scheme."""
    names = Names(default_base())
    label, notation, target = (names.expand(name) for name in ("skos:prefLabel", "skos:notation", "ma:target"))
    found: dict[str, dict[str, Any]] = {}
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        concept = found.setdefault(str(quad.subject), {"targets": []})
        if quad.predicate.value == label and isinstance(quad.object, ox.Literal):
            concept[quad.object.language or ""] = quad.object.value
        elif quad.predicate.value == notation and isinstance(quad.object, ox.Literal):
            concept["notation"] = quad.object.value
        elif quad.predicate.value == target and isinstance(quad.object, ox.NamedNode):
            concept["targets"].append(names.compress(quad.object.value))
    return {
        concept["notation"]: (Term(concept["en"], concept["fr"]), concept["targets"])
        for concept in found.values()
        if "notation" in concept
    }
