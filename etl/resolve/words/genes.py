"""Genes of people and animals: by symbol or identifier, of today or former, told where a spreadsheet spoilt them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import polars as pl

from etl.resolve.cells import Cells
from etl.resolve.values import dates
from muscle_atlas.folding import fold
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import Table
from muscle_atlas.terms.words.identifiers import separate_identifier
from muscle_atlas.terms.words.lexicon import Lexicon
from muscle_atlas.terms.words.matches import Candidate, Match

MOUSE = "NCBITaxon:10090"
DOG = "NCBITaxon:9615"
_SYMBOLS = ONTOLOGY / "symbols"
_KINDS = ("approved", "former", "alias")
_OF_TARGETS = ("gene-former-symbol", "gene-withdrawn")
"""Rules on symbols that hold for antigens, too."""
_MENDED = (*_OF_TARGETS, "gene-withdrawn-without-successor", "gene-date-mangled")
"""Rules by which nothing is told where a candidate is written; by others the candidate is what was taken already."""


@dataclass(frozen=True)
class Gene:
    """What a word for a gene was read as."""

    identifier: str | None
    """CURIE of the human gene."""
    animal: str | None = None
    """CURIE of the gene of the animal."""
    rule: str | None = None
    """Rule by which something is to be told."""
    candidates: tuple[Candidate, ...] = ()
    match: Match | None = None
    """What the lexicon says where no gene is accepted and no rule of its own tells why."""


@cache
def _mangled() -> dict[tuple[int, int], list[tuple[str, str, str]]]:
    """Symbol as it was typed, CURIE and symbol of today of the genes that read as a month and day."""
    found: dict[tuple[int, int], list[tuple[int, tuple[str, str, str]]]] = defaultdict(list)
    for month, day, written, kind, identifier, symbol in Table(_SYMBOLS / "dates.tsv").rows.iter_rows():
        found[int(month), int(day)].append((_KINDS.index(kind), (written, identifier, symbol)))
    return {day: [gene for _, gene in sorted(genes)] for day, genes in found.items()}


def symbols_outside(identifiers: Iterable[str], lexicon: Lexicon) -> dict[str, str]:
    """Return the symbols of those genes of HGNC that neither the atlas nor a release tells of, by CURIE."""
    outside = [one for one in identifiers if one not in lexicon.labels and not lexicon.installs(one)]
    return {identifier: symbol for identifier in outside if (symbol := lexicon.label(identifier))}


class Genes:
    """Reads the words of the column of genes."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the words of genes."""
        self.lexicon = lexicon
        self._read: dict[tuple[str, str | None], Gene] = {}

    def read(self, word: str, species: str | None = None) -> Gene:
        """Return what a word stands for in a species (CURIE), each pair of both once."""
        if (word, species) not in self._read:
            reads = {MOUSE: self._of_mouse, DOG: self._of_dog}.get(species or "", self._of_human)
            self._read[word, species] = reads(word)
        return self._read[word, species]

    def _of_human(self, word: str) -> Gene:
        match = self.lexicon.resolve(word)
        if match.outcome == "withdrawn":
            gone = "gene-withdrawn" if match.identifier else "gene-withdrawn-without-successor"
            return Gene(match.identifier, rule=gone, candidates=match.candidates)
        if match.outcome == "orthologue":
            # The symbol of a gene of the mouse, where no mouse was photographed.
            assert match.identifier is not None  # noqa: S101 - the gene that the one of the mouse leads to
            return Gene(None, match=Match(word, "unknown", None, (self.lexicon.candidate(match.identifier),)))
        if match.identifier:
            return self._told(match.identifier, former=match.outcome == "previous")
        if match.outcome != "unknown":
            return Gene(None, match=match)
        return self._mangled(word) or Gene(None, match=match)

    def _told(self, gene: str, animal: str | None = None, *, former: bool = False) -> Gene:
        """Return a gene that is accepted, with what is to be told of it."""
        if gene not in self.lexicon.labels:
            return Gene(gene, animal, "gene-outside-atlas", (self.candidate(gene),))
        if former:
            return Gene(gene, animal, "gene-former-symbol", (self.candidate(gene),))
        return Gene(gene, animal)

    def _mangled(self, word: str) -> Gene | None:
        serial = dates.read_serial(word)
        days = [serial] if serial else dates.read_days(word)
        if not days:
            return None
        found = dict.fromkeys(gene for day in days for gene in _mangled().get((day.month, day.day or 1), []))
        candidates = tuple(
            Candidate(identifier, symbol if symbol == written else f"{symbol} ← {written}")
            for written, identifier, symbol in found
        )
        return Gene(None, rule="gene-date-mangled", candidates=candidates)

    def _of_mouse(self, word: str) -> Gene:
        spelled, name = separate_identifier(word)
        identifier = self.lexicon.names.identifier(spelled)
        found = self._mice(identifier, name or word)
        human = self.lexicon.led(found[0]) if len(found) == 1 else []
        if human:
            mouse = found[0]
            if identifier and name and (other := self._other_than(human, name)):
                return Gene(None, match=Match(word, "contradictory", None, tuple(map(self.candidate, [mouse, *other]))))
            # Of several orthologues (Smn1: SMN1, SMN2), the one of the same symbol is meant.
            same = [gene for gene in human if fold(self.lexicon.label(gene)) == fold(word)]
            if len(same or human) == 1:
                return self._told((same or human)[0], mouse)
            return Gene(None, match=Match(word, "ambiguous", None, tuple(map(self.candidate, human))))
        gene = self._of_human(word)
        animal = self._orthologues(gene.identifier)
        if gene.identifier and len(animal) != 1:
            return gene if gene.rule else self._by_symbol(gene.identifier)
        return Gene(gene.identifier, animal[0] if animal else None, gene.rule, gene.candidates, gene.match)

    def _mice(self, identifier: str | None, name: str) -> list[str]:
        """Return the genes of the mouse (CURIEs) that an identifier, else a name means."""
        mice = self.lexicon.through
        if mice is None:
            return []
        if identifier:
            return [identifier] if mice.term(identifier) else []
        return list(dict.fromkeys(entry.identifier for entry in mice.named(fold(name)) if entry.active))

    def _orthologues(self, gene: str | None) -> list[str]:
        """Return the genes of the mouse (CURIEs) that lead to a human gene."""
        mice = self.lexicon.through
        references = mice.referring(gene) if mice and gene else []
        return [mouse for mouse, _, match in references if match == self.lexicon.kind.manner]

    def _other_than(self, human: list[str], name: str) -> list[str]:
        """Return the human genes that a name beside an identifier means, where the gene identified is none of them."""
        mice = self._mice(None, name)
        meant = [gene for mouse in mice for gene in self.lexicon.led(mouse)] or sorted(self.lexicon.named(name))
        return [] if set(meant) & set(human) else meant

    def _of_dog(self, word: str) -> Gene:
        gene = self._of_human(word)
        spelled, _ = separate_identifier(word)
        # An identifier of HGNC names the human gene outright; only a symbol is taken for one.
        if not gene.identifier or gene.rule or self.lexicon.names.identifier(spelled) == gene.identifier:
            return gene
        return self._by_symbol(gene.identifier)

    def _by_symbol(self, gene: str) -> Gene:
        return Gene(gene, rule="gene-of-animal-by-symbol", candidates=(self.candidate(gene),))

    def candidate(self, identifier: str) -> Candidate:
        """Return a gene as it is told to curators."""
        return self.lexicon.candidate(identifier)


def resolve_genes(table: pl.DataFrame, species: pl.DataFrame, column: str, cells: Cells, genes: Genes) -> pl.DataFrame:
    """Return ``record``, ``gene`` and ``animal_gene`` (CURIEs) of every value of a column, in the order of the cell.

    Args:
        table: the records.
        species: ``record`` and ``species`` (CURIE).
        column: "gene", or "target", whose antigens are told as warnings.
        cells: told of what cannot be read.
        genes: reads the words.
    """
    rows = []
    split = cells.split(table, column).join(species, on="record", how="left").sort("record", "position")
    for record, word, taxon in split.select("record", "value", "species").iter_rows():
        gene = genes.read(word, taxon if column == "gene" else None)
        if gene.identifier:
            rows.append((record, gene.identifier, gene.animal))
        if column == "gene" or gene.rule in _OF_TARGETS:
            tell_gene(gene, record, column, word, cells)
        elif not gene.identifier:
            cells.tell_unresolved(record, column, gene.match or Match(word, "unknown", None, gene.candidates))
    schema = {"record": pl.UInt32, "gene": pl.String, "animal_gene": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def tell_gene(gene: Gene, record: int, column: str, word: str, cells: Cells) -> None:
    """Tell what there is to tell of a word for a gene."""
    if gene.rule:
        mended = cells.spell("gene", gene.candidates) if gene.rule in _MENDED else []
        cells.tell(gene.rule, record, column, word, gene.candidates, corrections=mended)
    elif gene.match and not gene.identifier:
        cells.tell_unresolved(record, column, gene.match, rule="gene")
