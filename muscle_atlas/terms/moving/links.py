"""What becomes of the links of terms: identifiers elsewhere, orthologues, associations of genes and diseases."""

from collections.abc import Iterator

import polars as pl

from muscle_atlas.terms.moving.changes import Thing
from muscle_atlas.terms.moving.editions import Edition
from muscle_atlas.terms.moving.vocabulary import Found, Vocabulary

MOUSE = "NCBITaxon:10090"


def link_changes(vocabulary: Vocabulary) -> Iterator[Found]:
    """Yield every change of a link.

    Raises:
        SliceError: if a slice cannot be read.
    """
    for curie, rows in vocabulary.uses.terms.items():
        if curie in vocabulary.used:
            yield from _own_references(vocabulary, curie, rows)
        else:
            yield from _references_of_others(vocabulary, curie, rows)
    for (gene, disease), rows in vocabulary.uses.pairs.items():
        if _stays(vocabulary, disease):
            yield from _association(vocabulary, gene, disease, rows)


def _stays(vocabulary: Vocabulary, curie: str) -> bool:
    return vocabulary.before.is_active(curie) and vocabulary.after.is_active(curie)


def _own_references(vocabulary: Vocabulary, curie: str, rows: pl.Series) -> Iterator[Found]:
    """Tell what a term of the vocabulary is exactly the same as."""
    if not _stays(vocabulary, curie):
        return
    both = vocabulary.before.linked & vocabulary.after.linked
    old, new = (
        {other for other in edition.exact(curie) if other.partition(":")[0] in both}
        for edition in (vocabulary.before, vocabulary.after)
    )
    yield from _differing(vocabulary, curie, old, new, rows)


def _references_of_others(vocabulary: Vocabulary, curie: str, rows: pl.Series) -> Iterator[Found]:
    """Tell which terms of the vocabulary are the same as one of another, or the orthologues of a gene of man."""
    mice = vocabulary.uses.terms.get(MOUSE, rows.clear())
    for match, having in (("exact", rows), ("orthologue", rows.filter(rows.is_in(mice.implode())))):
        old, new = (edition.referring(curie, match) for edition in (vocabulary.before, vocabulary.after))
        if old and len(having):
            yield from _differing(vocabulary, curie, old, new, having)


def _differing(vocabulary: Vocabulary, curie: str, old: set[str], new: set[str], rows: pl.Series) -> Iterator[Found]:
    if old != new:
        before, after = (tuple(vocabulary.thing(other) for other in sorted(others)) for others in (old, new))
        yield vocabulary.change("reference", curie, before, after, having=rows)


def _association(vocabulary: Vocabulary, gene: str, disease: str, rows: pl.Series) -> Iterator[Found]:
    """Tell an association that is gained, lost, or of another kind.

    As the rule ``diagnosis-gene-causes-disease`` has it, a gene of a narrower disease, or of the group directly above,
    is one of the disease, too: only whether there is any is compared of those.
    """
    editions = (vocabulary.before, vocabulary.after)
    old, new = ({one.kind for one in edition.associations(gene, {disease})} for edition in editions)
    before, after = (tuple(Thing(None, kind) for kind in sorted(kinds)) for kinds in (old, new))
    if not old and not new:
        old, new = (_through(edition, gene, disease) for edition in editions)
        if bool(old) == bool(new):
            return
        before, after = (tuple(vocabulary.thing(other) for other in sorted(others)) for others in (old, new))
    if old != new:
        yield vocabulary.change("association", disease, before, after, having=rows, gene=vocabulary.thing(gene))


def _through(edition: Edition, gene: str, disease: str) -> set[str]:
    """Return the narrower diseases, and those directly above, that a gene is associated with."""
    around, waiting = set(edition.parents(disease)), [disease]
    while waiting:
        below = edition.children(waiting.pop()) - around
        around |= below
        waiting += below
    return {one.disease for one in edition.associations(gene, around)}
