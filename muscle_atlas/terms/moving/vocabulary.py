"""One vocabulary as it is used, in two releases: what a change is told of."""

from collections.abc import Mapping
from functools import cache

import polars as pl

from muscle_atlas.terms.moving.changes import Change, Manner, Thing
from muscle_atlas.terms.moving.editions import Edition
from muscle_atlas.terms.moving.uses import Uses, union
from muscle_atlas.terms.words.embedded import Words
from muscle_atlas.terms.words.kinds import read_kinds
from muscle_atlas.terms.words.labels import french_labels

Editions = Mapping[str, Edition]
"""Releases by the name of their vocabulary."""
Found = tuple[Change, pl.Series]
"""A change, and the numbers of the photographs that it touches."""


class Vocabulary:
    """One vocabulary, before and after, and what an atlas uses of it."""

    def __init__(self, name: str, before: Editions, after: Editions, uses: Uses) -> None:
        """Find out what is used.

        Args:
            name: that of the vocabulary.
            before: the vocabularies as they are.
            after: other releases of some of them.
            uses: what the atlas uses.

        Raises:
            SliceError: if a slice cannot be read.
        """
        self.name = name
        self.before, self.after = before[name], after[name]
        self.uses = uses
        self._editions = (*before.values(), *after.values())
        self.used = {curie: rows for curie, rows in uses.terms.items() if self._known(curie)}
        """Terms that photographs link to -> numbers of the photographs."""
        self.groups: dict[str, list[str]] = {}
        """What stands above them, and no photograph links to -> the terms that it stands above."""
        for curie in self.used:
            for group in self.before.ancestors(curie) - self.used.keys():
                self.groups.setdefault(group, []).append(curie)

    def _known(self, curie: str) -> bool:
        return self.before.term(curie) is not None or self.after.term(curie) is not None

    def change(
        self,
        manner: Manner,
        curie: str,
        before: tuple[Thing, ...],
        after: tuple[Thing, ...],
        *,
        having: pl.Series | None = None,
        about: str | None = None,
        gene: Thing | None = None,
    ) -> Found:
        """Return a change of a term, with the photographs ``having`` it, else those that link to it or below it."""
        group = curie in self.groups
        if having is None:
            having = union(self.used[below] for below in self.groups[curie]) if group else self.used[curie]
        change = Change(
            vocabulary=self.name,
            manner=manner,
            term=self.thing(curie),
            before=before,
            after=after,
            photographs=len(having),
            images=self.uses.first(having),
            group=group,
            about=about,
            gene=gene,
        )
        return change, having

    def thing(self, curie: str) -> Thing:
        """Return a term as the first release calls it that has a label, else as our own tables do."""
        for edition in (self.before, self.after, *self._editions):
            term = edition.term(curie)
            if term and term.label_en:
                return Thing(curie, term.label_en, term.label_fr)
        return Thing(curie, _own_labels().get(curie, ""), french_labels().get(curie))


@cache
def _own_labels() -> dict[str, str]:
    """Return the English labels that our own tables of words give, by CURIE."""
    return {curie: label for kind in read_kinds().values() for curie, label in Words(kind.words).labels.items()}
