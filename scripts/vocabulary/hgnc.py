"""Genes from HGNC: the genes of the facts and every gene that competes with one of them for a word."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from muscle_atlas.folding import fold
from muscle_atlas.terms.sources import hgnc

from .facts import GENES_WITHOUT_ASSOCIATION
from .tables import Term
from .words import ALTERNATIVE, FORMER, PREFERRED, Word, distinct


@dataclass(frozen=True, slots=True)
class Gene:
    """An approved gene with every symbol it has had."""

    id: str
    symbol: str
    name: str
    aliases: tuple[str, ...]
    previous: tuple[str, ...]

    def words(self) -> Iterator[Word]:
        """Yield the symbols, as words."""
        yield Word(self.symbol, self.id, self.symbol, PREFERRED)
        yield from (Word(alias, self.id, self.symbol, ALTERNATIVE) for alias in self.aliases)
        yield from (Word(former, self.id, self.symbol, FORMER) for former in self.previous)

    def term(self) -> Term:
        """Return the row of the gene."""
        local = self.id.partition(":")[2]
        return Term(
            id=self.id,
            label_en=self.symbol,
            exact_match=frozenset({f"hgnc.id:{local}"}),
            synonyms=frozenset((*self.aliases, *self.previous)) - {self.symbol},
            also={"name": self.name},
        )


def read_genes(path: Path) -> dict[str, Gene]:
    """HGNC CURIE -> gene, for the whole release."""
    genes = (
        Gene(
            str(row["hgnc_id"]),
            str(row["symbol"]),
            row["name"] or "",
            tuple(hgnc.several(row["alias_symbol"])),
            tuple(hgnc.several(row["prev_symbol"])),
        )
        for row in hgnc.read_genes(path)
    )
    return {gene.id: gene for gene in genes}


def draw(genes: Mapping[str, Gene], named: Collection[str]) -> tuple[list[Term], list[Word]]:
    """Terms and words: all words of the named genes, and of a competitor the symbols it competes with.

    Genes that the release does not hold (withdrawn) are left out.
    """
    extra = {gene.id for gene in genes.values() if gene.symbol in GENES_WITHOUT_ASSOCIATION}
    wanted = {curie for curie in {*named, *extra} if curie in genes}
    by_word: dict[str, list[Word]] = defaultdict(list)
    for gene in genes.values():
        for word in gene.words():
            by_word[fold(word.subject)].append(word)
    words = [word for curie in wanted for word in genes[curie].words()]
    for key in {fold(word.subject) for word in words}:
        words += [word for word in by_word[key] if word.object_id not in wanted]
    competitors = {word.object_id for word in words} - wanted
    words += [Word(genes[curie].symbol, curie, genes[curie].symbol, PREFERRED) for curie in competitors]
    words += [Word(genes[curie].name, curie, genes[curie].symbol, ALTERNATIVE) for curie in wanted]
    return [genes[curie].term() for curie in wanted | competitors], distinct(words)
