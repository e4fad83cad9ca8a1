"""What becomes of the terms themselves: withdrawn, merged, called otherwise, in other groups."""

from collections.abc import Iterable, Iterator

from muscle_atlas.folding import fold
from muscle_atlas.terms.moving.changes import Thing
from muscle_atlas.terms.moving.editions import Edition
from muscle_atlas.terms.moving.vocabulary import Found, Vocabulary
from muscle_atlas.terms.slices import Term

Groups = frozenset[str]


class Standing:
    """The terms that photographs link to, and those above them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary."""
        self._of = vocabulary
        self._before, self._after = vocabulary.before, vocabulary.after
        self.gone: set[str] = set()
        """Terms that were told as withdrawn, or as back: of those nothing else is told."""
        self._moves: dict[str, tuple[Groups, Groups]] = {}

    def changes(self) -> Iterator[Found]:
        """Yield every change.

        Raises:
            SliceError: if a slice cannot be read.
        """
        for curie in (*self._of.used, *self._of.groups):
            old, new = self._before.term(curie), self._after.term(curie)
            if old is None and (new is None or new.status == "active"):
                continue
            if changed := self._changed(curie, old, new):
                self.gone.add(curie)
                yield changed
            elif old and new and new.status == "active":
                yield from self._labels(old, new)
                yield from self._groups_above(curie)

    def _changed(self, curie: str, old: Term | None, new: Term | None) -> Found | None:
        """Return what has become of a term that is withdrawn, or is so no longer."""
        was_active = old is None or old.status == "active"
        if new is not None and (new.status == "active" or not was_active):
            return None if was_active or new.status != "active" else self._of.change("restored", curie, (), ())
        told = self._after.successors(curie)
        successors = [one.successor for one in told]
        if new is None and old is not None and not told:
            # A release that only leaves a term out tells no successor: what bears its name today may be one.
            successors = self._after.bearing(old.label_en)
        manners = sorted({one.manner for one in told})
        about = manners[0] if len(manners) == 1 else "several" if manners else "absent" if new is None else None
        after = tuple(self._of.thing(successor) for successor in successors)
        if about == "merged":
            return self._of.change("merged", curie, (), after)
        return self._of.change("withdrawn", curie, (), after, about=about)

    def _labels(self, old: Term, new: Term) -> Iterator[Found]:
        """Tell labels that differ by more than capitals, accents and spaces."""
        if old.label_en and fold(old.label_en) != fold(new.label_en):
            yield self._of.change("relabelled", old.id, _text(old.label_en), _text(new.label_en), about="en")
        if old.label_fr and self._after.speaks_french and fold(old.label_fr) != fold(new.label_fr or ""):
            after = _text(new.label_fr) if new.label_fr else ()
            yield self._of.change("relabelled", old.id, _text(old.label_fr), after, about="fr")

    def _groups_above(self, curie: str) -> Iterator[Found]:
        """Tell the groups that a term leaves or joins, but for those that one between leaves or joins itself."""
        lost, gained = self._moved(curie)
        for between in self._before.ancestors(curie) & self._after.ancestors(curie):
            also_lost, also_gained = self._moved(between)
            lost, gained = lost - also_lost, gained - also_gained
        if lost or gained:
            before = self._nearest_first(self._before, curie, lost)
            yield self._of.change("re-parented", curie, before, self._nearest_first(self._after, curie, gained))

    def _moved(self, curie: str) -> tuple[Groups, Groups]:
        """Return the groups that a term leaves and joins, but for withdrawn ones and those that stand for them."""
        if curie not in self._moves:
            above, now = self._before.ancestors(curie), self._after.ancestors(curie)
            gone = {group for group in above - now if not self._after.is_active(group)}
            instead = {one.successor for group in gone for one in self._after.successors(group)}
            joined = now - above - instead
            if not self._before.whole:
                # Our tables leave out groups that no photograph was expected to be in.
                joined = frozenset(group for group in joined if self._before.term(group))
            self._moves[curie] = (above - now - gone, joined)
        return self._moves[curie]

    def _nearest_first(self, edition: Edition, curie: str, groups: Iterable[str]) -> tuple[Thing, ...]:
        direct = edition.parents(curie)
        # What is nearer has more above it.
        ordered = sorted(groups, key=lambda group: (group not in direct, -len(edition.ancestors(group)), group))
        return tuple(self._of.thing(group) for group in ordered)


def _text(text: str) -> tuple[Thing, ...]:
    return (Thing(None, text),)
