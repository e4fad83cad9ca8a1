"""Comparing two releases of vocabularies, on what an atlas uses of them."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import get_args

import polars as pl

from muscle_atlas.folding import fold
from muscle_atlas.terms.embedded import Words
from muscle_atlas.terms.kinds import Kind, read_kinds
from muscle_atlas.terms.labels import french_labels
from muscle_atlas.terms.moving.changes import Change, Compared, Comparison, Manner, Thing
from muscle_atlas.terms.moving.editions import Edition
from muscle_atlas.terms.moving.meanings import Meanings
from muscle_atlas.terms.moving.uses import Uses, union
from muscle_atlas.terms.slices import Term

MOUSE = "NCBITaxon:10090"

Editions = Mapping[str, Edition]


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
    touched = union([])
    compared = []
    for name in [name for name in after if name in before]:
        old, new = before[name], after[name]
        lost = tuple(sorted(old.parts - new.parts)) if old.whole else ()
        compared.append(Compared(name, old.release["version"], new.release["version"], old.whole, lost))
        vocabulary = _Vocabulary(name, before, after, uses, meanings)
        for change, rows in sorted(vocabulary.changes(), key=lambda found: _in_order(found[0])):
            changes.append(change)
            if len(touched) < len(uses.images):
                touched = union([touched, rows])
    left = [name for name in before if name not in after]
    return Comparison(compared, left, len(uses.images), len(touched), changes)


def _in_order(change: Change) -> tuple[object, ...]:
    manners = get_args(Manner)
    term = change.term
    return (manners.index(change.manner), change.group, fold(term.label), term.identifier, change.about or "")


Found = tuple[Change, pl.Series]


class _Vocabulary:
    """One vocabulary, before and after."""

    def __init__(
        self, name: str, before: Editions, after: Editions, uses: Uses, meanings: tuple[Meanings, Meanings]
    ) -> None:
        self.name = name
        self.before, self.after = before[name], after[name]
        self._before, self._after = before, after
        self._meanings = meanings
        self._editions = (*before.values(), *after.values())
        self._uses = uses
        self._used = {curie: rows for curie, rows in uses.terms.items() if self._known(curie)}
        self._groups: dict[str, list[str]] = {}
        for curie in self._used:
            for group in self.before.ancestors(curie) - self._used.keys():
                self._groups.setdefault(group, []).append(curie)
        self._gone: set[str] = set()
        """Terms that are told as withdrawn, or as back: of those nothing else is told."""
        self._moves: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def changes(self) -> Iterator[Found]:
        """Yield every change, and the numbers of the photographs that it touches."""
        for curie in (*self._used, *self._groups):
            old, new = self.before.term(curie), self.after.term(curie)
            if old is None and (new is None or new.status == "active"):
                continue
            standing = list(self._standing(curie, old, new))
            yield from standing
            if standing:
                self._gone.add(curie)
            if old is None or new is None or standing or new.status != "active":
                continue
            yield from self._labels(old, new)
            yield from self._groups_above(old)
        for kind in read_kinds().values():
            # Where both are there, what leads to a vocabulary is told with it.
            if self.name == kind.vocabulary or (self.name == kind.through and kind.vocabulary not in self._after):
                yield from self._words(kind)
        for curie, rows in self._uses.terms.items():
            yield from self._references(curie, rows)
        for (gene, disease), rows in self._uses.pairs.items():
            yield from self._association(gene, disease, rows)

    def _standing(self, curie: str, old: Term | None, new: Term | None) -> Iterator[Found]:
        was_active = old is None or old.status == "active"
        if new is None or (new.status == "withdrawn" and was_active):
            told = self.after.successors(curie)
            successors = tuple(self._thing(one.successor) for one in told)
            if not told and new is None and old is not None:
                # A release that only leaves a term out tells no successor: what bears its name today may be one.
                successors = tuple(self._thing(bearer) for bearer in self.after.bearing(old.label_en))
            manners = {one.manner for one in told}
            merged = manners == {"merged"}
            if not manners:
                about = "absent" if new is None else None
            else:
                about = None if merged else manners.pop() if len(manners) == 1 else "several"
            yield self._change("merged" if merged else "withdrawn", curie, (), successors, about=about)
        elif new.status == "active" and not was_active:
            yield self._change("restored", curie, (), ())

    def _labels(self, old: Term, new: Term) -> Iterator[Found]:
        if old.label_en and fold(old.label_en) != fold(new.label_en):
            yield self._change("relabelled", old.id, _text(old.label_en), _text(new.label_en), about="en")
        if old.label_fr and self.after.speaks_french and fold(old.label_fr) != fold(new.label_fr or ""):
            after = _text(new.label_fr) if new.label_fr else ()
            yield self._change("relabelled", old.id, _text(old.label_fr), after, about="fr")

    def _groups_above(self, old: Term) -> Iterator[Found]:
        """Tell the groups that a term leaves or joins, but for those that one between leaves or joins itself."""
        lost, gained = self._moved(old.id)
        for between in self.before.ancestors(old.id) & self.after.ancestors(old.id):
            also_lost, also_gained = self._moved(between)
            lost, gained = lost - also_lost, gained - also_gained
        if lost or gained:
            before = self._nearest_first(self.before, old.id, lost)
            after = self._nearest_first(self.after, old.id, gained)
            yield self._change("re-parented", old.id, before, after)

    def _moved(self, curie: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the groups that a term leaves and joins, but for withdrawn ones and those that stand for them."""
        if curie not in self._moves:
            self._moves[curie] = self._compare_groups(curie)
        return self._moves[curie]

    def _compare_groups(self, curie: str) -> tuple[frozenset[str], frozenset[str]]:
        above, now = self.before.ancestors(curie), self.after.ancestors(curie)
        gone = {group for group in above - now if not _is_active(self.after, group)}
        instead = {one.successor for group in gone for one in self.after.successors(group)}
        joined = now - above - instead
        if not self.before.whole:
            # Our tables leave out groups that no photograph was expected to be in.
            joined = frozenset(group for group in joined if self.before.term(group))
        return above - now - gone, joined

    def _nearest_first(self, edition: Edition, curie: str, groups: Iterable[str]) -> tuple[Thing, ...]:
        # What is nearer has more above it.
        ordered = sorted(groups, key=lambda group: (-len(edition.ancestors(group)), group))
        direct = edition.parents(curie)
        return tuple(self._thing(group) for group in sorted(ordered, key=lambda group: group not in direct))

    def _words(self, kind: Kind) -> Iterator[Found]:
        """Tell the words that stood for a term and are understood otherwise, or no longer."""
        old, new = self._meanings
        for curie in self._uses.terms:
            if curie.startswith(f"{kind.prefix}:") and curie not in self._gone:
                for word, having in self._words_of(curie, kind):
                    if old.of(word, kind) == (curie,) and (now := new.of(word, kind)) != (curie,):
                        after = tuple(self._thing(one) for one in now)
                        yield self._change("word", curie, (self._thing(curie),), after, having=having, about=word)

    def _words_of(self, curie: str, kind: Kind) -> Iterator[tuple[str, pl.Series]]:
        """Yield the words of cells that stand for a term; every name of it where cells are not known."""
        if self._uses.words is not None:
            for (used, word), having in self._uses.words.items():
                if used == curie:
                    yield word, having
            return
        own, through = (self._before.get(name or "") for name in (kind.vocabulary, kind.through))
        names = own.names(curie) if own else []
        if through and kind.manner == "exact":
            names += [name for same in sorted(through.referring(curie, "exact")) for name in through.names(same)]
        for name in {fold(name): name for name in reversed(names)}.values():
            yield name, self._uses.terms[curie]

    def _references(self, curie: str, rows: pl.Series) -> Iterator[Found]:
        if curie in self._used:
            if not (_is_active(self.before, curie) and _is_active(self.after, curie)):
                return
            both = self.before.linked & self.after.linked
            old, new = (
                {other for other in edition.exact(curie) if other.partition(":")[0] in both}
                for edition in (self.before, self.after)
            )
            yield from self._differing(curie, old, new, rows)
            return
        old, new = (edition.referring(curie, "exact") for edition in (self.before, self.after))
        if old:
            yield from self._differing(curie, old, new, rows)
        mice = rows.filter(rows.is_in(self._uses.terms.get(MOUSE, rows.clear()).implode()))
        old, new = (edition.referring(curie, "orthologue") for edition in (self.before, self.after))
        if old and len(mice):
            yield from self._differing(curie, old, new, mice)

    def _differing(self, curie: str, old: set[str], new: set[str], rows: pl.Series) -> Iterator[Found]:
        if old != new:
            before, after = (tuple(self._thing(other) for other in sorted(others)) for others in (old, new))
            yield self._change("reference", curie, before, after, having=rows)

    def _association(self, gene: str, disease: str, rows: pl.Series) -> Iterator[Found]:
        """Tell an association that is gained, lost, or of another kind.

        As the rule ``diagnosis-gene-causes-disease`` has it, a gene of a narrower disease, or of the group directly
        above, is one of the disease, too: only whether there is any is compared of those.
        """
        if not (_is_active(self.before, disease) and _is_active(self.after, disease)):
            return
        old, new = (
            {one.kind for one in edition.associations(gene, {disease})} for edition in (self.before, self.after)
        )
        if old != new:
            sides = (tuple(Thing(None, kind) for kind in sorted(kinds)) for kinds in (old, new))
        elif not old:
            through = [_through(edition, gene, disease) for edition in (self.before, self.after)]
            if bool(through[0]) == bool(through[1]):
                return
            sides = (tuple(self._thing(curie) for curie in sorted(others)) for others in through)
        else:
            return
        before, after = sides
        yield self._change("association", disease, before, after, having=rows, gene=self._thing(gene))

    def _change(
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
        group = curie in self._groups
        if having is None:
            having = union(self._used[below] for below in self._groups[curie]) if group else self._used[curie]
        change = Change(
            vocabulary=self.name,
            manner=manner,
            term=self._thing(curie),
            before=before,
            after=after,
            photographs=len(having),
            images=self._uses.first(having),
            group=group,
            about=about,
            gene=gene,
        )
        return change, having

    def _known(self, curie: str) -> bool:
        return self.before.term(curie) is not None or self.after.term(curie) is not None

    def _thing(self, curie: str) -> Thing:
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


def _text(text: str) -> tuple[Thing, ...]:
    return (Thing(None, text),)


def _is_active(edition: Edition, curie: str) -> bool:
    term = edition.term(curie)
    return term is not None and term.status == "active"


def _through(edition: Edition, gene: str, disease: str) -> set[str]:
    """Return the narrower diseases, and those directly above, that a gene is associated with."""
    around, waiting = set(edition.parents(disease)), [disease]
    while waiting:
        below = edition.children(waiting.pop()) - around
        around |= below
        waiting += below
    return {one.disease for one in edition.associations(gene, around)}
