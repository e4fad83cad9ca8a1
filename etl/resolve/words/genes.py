"""Genes of people and animals: by symbol or identifier, of today or former, told where a spreadsheet spoilt them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import polars as pl

from etl.resolve.cells import Cells
from etl.resolve.values import dates
from etl.resolve.words.lexicon import Candidate, Lexicon, Match, separate_identifier
from muscle_atlas.folding import fold
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import JOINER, Table

MOUSE = "NCBITaxon:10090"
DOG = "NCBITaxon:9615"
_SYMBOLS = ONTOLOGY / "symbols"
_KINDS = ("approved", "former", "alias")


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
def _approved() -> pl.DataFrame:
    """Every gene of HGNC: ``id``, ``symbol``, and ``today`` and ``before``, its symbols in small letters."""
    rows = Table(_SYMBOLS / "approved.tsv").rows
    # Symbols are ASCII without spaces, for which this is folding, and much faster.
    return rows.select(
        "id",
        "symbol",
        pl.col("symbol").str.to_lowercase().alias("today"),
        pl.col("former").str.to_lowercase().str.split(JOINER).alias("before"),
    )


def _symbol(identifier: str | None) -> str | None:
    """Return the symbol of today of a gene of HGNC (CURIE); None where there is no such gene."""
    found = _approved().filter(pl.col("id") == identifier)["symbol"]
    return str(found[0]) if len(found) else None


def _bearers(word: str) -> list[str]:
    """Return the genes (CURIEs) whose symbol a word is, else those whose symbol it was."""
    genes, key = _approved(), fold(word)
    found = genes.filter(pl.col("today") == key)
    found = found if found.height else genes.filter(pl.col("before").list.contains(key))
    return sorted(found["id"])


@cache
def _withdrawn() -> dict[str, tuple[str, ...]]:
    """Successors of each gene that HGNC withdrew, by its CURIE and by its symbol, folded."""
    rows = Table(_SYMBOLS / "withdrawn.tsv").rows
    found = {}
    for identifier, symbol, successors in rows.iter_rows():
        after = tuple(successors.split(JOINER)) if successors else ()
        found[identifier] = after
        found.setdefault(fold(symbol), after)
    return found


@cache
def _mangled() -> dict[tuple[int, int], list[tuple[str, str, str]]]:
    """Symbol as it was typed, CURIE and symbol of today of the genes that read as a month and day."""
    found: dict[tuple[int, int], list[tuple[int, tuple[str, str, str]]]] = defaultdict(list)
    for month, day, written, kind, identifier, symbol in Table(_SYMBOLS / "dates.tsv").rows.iter_rows():
        found[int(month), int(day)].append((_KINDS.index(kind), (written, identifier, symbol)))
    return {day: [gene for _, gene in sorted(genes)] for day, genes in found.items()}


@cache
def _mice() -> tuple[dict[str, list[str]], dict[str, list[tuple[str, list[str]]]], dict[str, str]]:
    """Genes of the mouse by human gene; with their orthologues by folded symbol and CURIE; their symbols."""
    by_human: dict[str, list[str]] = defaultdict(list)
    by_word: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    symbols = {}
    for mouse, symbol, cell in (
        Table(ONTOLOGY / "terms" / "mgi.tsv").rows.select("id", "label_en", "orthologue").iter_rows()
    ):
        human = cell.split(JOINER)
        symbols[mouse] = symbol
        by_word[fold(symbol)].append((mouse, human))
        by_word[mouse].append((mouse, human))
        for gene in human:
            by_human[gene].append(mouse)
    return by_human, by_word, symbols


def symbols_outside(identifiers: Iterable[str], lexicon: Lexicon) -> dict[str, str]:
    """Return the symbols of those genes that HGNC has and the atlas does not list, by CURIE."""
    outside = [identifier for identifier in identifiers if identifier not in lexicon.labels]
    return {identifier: symbol for identifier in outside if (symbol := _symbol(identifier))}


class Genes:
    """Reads the words of the column of genes."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the words of the genes that the atlas lists."""
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
        if match.outcome == "former":
            assert match.identifier is not None  # noqa: S101 - what was formerly called so
            return Gene(match.identifier, rule="gene-former-symbol", candidates=(self.candidate(match.identifier),))
        if match.identifier or match.outcome != "unknown":
            return Gene(match.identifier, match=match)
        return self._outside(word) or self._withdrawn(word) or self._mangled(word) or Gene(None, match=match)

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

    def _withdrawn(self, word: str) -> Gene | None:
        spelled, _ = separate_identifier(word)
        identifier = self.lexicon.names.identifier(spelled)
        after = _withdrawn().get(identifier or fold(word))
        if after is None:
            return None
        candidates = tuple(map(self.candidate, after))
        if len(after) == 1:
            return Gene(after[0], rule="gene-withdrawn", candidates=candidates)
        return Gene(None, rule="gene-withdrawn-without-successor", candidates=candidates)

    def _outside(self, word: str) -> Gene | None:
        """Look for a gene that HGNC has and the atlas does not list."""
        spelled, name = separate_identifier(word)
        identifier = self.lexicon.names.identifier(spelled)
        if identifier and _symbol(identifier):
            meant = _bearers(name) if name else []
            if meant and identifier not in meant:
                candidates = tuple(map(self.candidate, [identifier, *meant]))
                return Gene(None, match=Match(word, "contradictory", None, candidates))
            return Gene(identifier, rule="gene-outside-atlas", candidates=(self.candidate(identifier),))
        found = _bearers(word)
        candidates = tuple(map(self.candidate, found))
        if len(found) == 1:
            return Gene(found[0], rule="gene-outside-atlas", candidates=candidates)
        return Gene(None, match=Match(word, "ambiguous", None, candidates)) if found else None

    def _of_mouse(self, word: str) -> Gene:
        by_human, by_word, _ = _mice()
        spelled, name = separate_identifier(word)
        identifier = self.lexicon.names.identifier(spelled)
        found = by_word.get(identifier or "") or ([] if identifier else by_word.get(fold(name or word), []))
        if len(found) == 1:
            mouse, human = found[0]
            if identifier and name and (other := self._other_than(human, name)):
                candidates = (Candidate(mouse, _mice()[2][mouse]), *map(self.candidate, other))
                return Gene(None, match=Match(word, "contradictory", None, candidates))
            # Of several orthologues (Smn1: SMN1, SMN2), the one of the same symbol is meant.
            same = [gene for gene in human if fold(self.lexicon.labels[gene]) == fold(word)]
            if len(same or human) == 1:
                return Gene((same or human)[0], mouse)
            return Gene(None, match=Match(word, "ambiguous", None, tuple(map(self.candidate, human))))
        gene = self._of_human(word)
        animal = by_human.get(gene.identifier or "", [])
        if gene.identifier and len(animal) != 1:
            return (
                gene
                if gene.rule
                else Gene(
                    gene.identifier, rule="gene-of-animal-by-symbol", candidates=(self.candidate(gene.identifier),)
                )
            )
        return Gene(gene.identifier, animal[0] if animal else None, gene.rule, gene.candidates, gene.match)

    def _other_than(self, human: list[str], name: str) -> list[str]:
        """Return the human genes that a name beside an identifier means, where the gene identified is none of them."""
        mice = _mice()[1].get(fold(name), [])
        meant = [gene for _, genes in mice for gene in genes] or sorted(self.lexicon.named(name)) or _bearers(name)
        return [] if set(meant) & set(human) else meant

    def _of_dog(self, word: str) -> Gene:
        gene = self._of_human(word)
        spelled, _ = separate_identifier(word)
        # An identifier of HGNC names the human gene outright; only a symbol is taken for one.
        if not gene.identifier or gene.rule or self.lexicon.names.identifier(spelled) == gene.identifier:
            return gene
        return Gene(gene.identifier, rule="gene-of-animal-by-symbol", candidates=(self.candidate(gene.identifier),))

    def candidate(self, identifier: str) -> Candidate:
        """Return a gene as it is told to curators."""
        label = self.lexicon.labels.get(identifier) or _symbol(identifier) or ""
        return Candidate(identifier, label)


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
        if column == "gene" or gene.rule == "gene-former-symbol":
            tell_gene(gene, record, column, word, cells)
        elif not gene.identifier:
            cells.tell_unresolved(record, column, gene.match or Match(word, "unknown", None, gene.candidates))
    schema = {"record": pl.UInt32, "gene": pl.String, "animal_gene": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def tell_gene(gene: Gene, record: int, column: str, word: str, cells: Cells) -> None:
    """Tell what there is to tell of a word for a gene."""
    if gene.rule:
        cells.tell(gene.rule, record, column, word, gene.candidates)
    elif gene.match and not gene.identifier:
        cells.tell_unresolved(record, column, gene.match, rule="gene")
