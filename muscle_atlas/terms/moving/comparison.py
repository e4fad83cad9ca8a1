"""Comparing releases of vocabularies, on what an atlas uses of them."""

from collections.abc import Iterator
from typing import get_args

from muscle_atlas.folding import fold
from muscle_atlas.terms.moving.changes import Change, Compared, Comparison, Manner
from muscle_atlas.terms.moving.links import link_changes
from muscle_atlas.terms.moving.meanings import Meanings, word_changes
from muscle_atlas.terms.moving.standing import Standing
from muscle_atlas.terms.moving.uses import Uses, union
from muscle_atlas.terms.moving.vocabulary import Editions, Found, Vocabulary
from muscle_atlas.terms.words.kinds import read_kinds


def compare(before: Editions, after: Editions, uses: Uses, meanings: tuple[Meanings, Meanings]) -> Comparison:
    """Tell what changes meaning for the photographs of an atlas.

    Args:
        before: the vocabularies as they are, by name.
        after: other releases of some of them, in the order in which they are told.
        uses: what the atlas uses.
        meanings: what words stand for with what is installed, and with the other releases in its place.

    Raises:
        SliceError: if a slice cannot be read.
    """
    changes: list[Change] = []
    compared = []
    touched = union([])
    for name in [name for name in after if name in before]:
        old, new = before[name], after[name]
        lost = tuple(sorted(old.parts - new.parts)) if old.whole else ()
        compared.append(Compared(name, old.release["version"], new.release["version"], old.whole, lost))
        found = _changes(Vocabulary(name, before, after, uses), before, after, meanings)
        for change, rows in sorted(found, key=lambda one: _in_order(one[0])):
            changes.append(change)
            if len(touched) < len(uses.images):
                touched = union([touched, rows])
    left = [name for name in before if name not in after]
    return Comparison(compared, left, len(uses.images), len(touched), changes)


def _changes(
    vocabulary: Vocabulary, before: Editions, after: Editions, meanings: tuple[Meanings, Meanings]
) -> Iterator[Found]:
    standing = Standing(vocabulary)
    yield from standing.changes()
    yield from link_changes(vocabulary)
    for kind in read_kinds().values():
        # Where both are there, what leads to a vocabulary is told with it.
        leads = vocabulary.name == kind.through and kind.vocabulary not in after
        if leads or vocabulary.name == kind.vocabulary:
            yield from word_changes(vocabulary, kind, before, meanings, standing.gone)


def _in_order(change: Change) -> tuple[object, ...]:
    manners = get_args(Manner)
    term = change.term
    return (manners.index(change.manner), change.group, fold(term.label), term.identifier, change.about or "")
