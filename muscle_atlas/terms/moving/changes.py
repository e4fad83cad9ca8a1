"""Changes of meaning, and what they touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Manner = Literal["withdrawn", "merged", "restored", "relabelled", "re-parented", "association", "reference", "word"]
"""What happens to a term. ``re-parented``: groups above it are lost (before) or gained (after). ``association``: with a
gene, by kind, or by the narrower or wider disease that has it. ``reference``: what it is exactly the same as elsewhere,
or which gene of the mouse is its orthologue. ``word``: what a word that stood for it stands for."""


@dataclass(frozen=True)
class Thing:
    """A term, or a text where there is no identifier."""

    identifier: str | None
    label: str
    label_fr: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """Return it as the command line prints it."""
        return {"identifier": self.identifier, "label": self.label or None, "label_fr": self.label_fr}


@dataclass(frozen=True)
class Change:
    """One thing that will not be as it was for the photographs of an atlas."""

    vocabulary: str
    manner: Manner
    term: Thing
    before: tuple[Thing, ...]
    after: tuple[Thing, ...]
    photographs: int
    """How many it touches."""
    images: tuple[str, ...]
    """Ids of the first of them."""
    group: bool = False
    """Whether no photograph links to the term itself: it stands above what they link to."""
    about: str | None = None
    """``relabelled``: the language; ``word``: the word; ``withdrawn``: in which manner it was (moved, referred …), or
    absent where the release does not hold it."""
    gene: Thing | None = None
    """``association``: with which gene."""

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it; every key is always there."""
        return {
            "vocabulary": self.vocabulary,
            "change": self.manner,
            "term": self.term.as_json(),
            "about": self.about,
            "gene": self.gene.as_json() if self.gene else None,
            "group": self.group,
            "before": [thing.as_json() for thing in self.before],
            "after": [thing.as_json() for thing in self.after],
            "photographs": self.photographs,
            "images": list(self.images),
        }


@dataclass(frozen=True)
class Compared:
    """A vocabulary that was compared."""

    name: str
    before: str
    """Version."""
    after: str
    installed: bool
    """Whether the one before is installed; else it is what our tables have."""
    lost: tuple[str, ...]
    """Parts of the release before that the other lacks."""


@dataclass(frozen=True)
class Comparison:
    """What became of a comparison."""

    compared: Sequence[Compared]
    left: Sequence[str]
    """Vocabularies that stay as they are, since there is no other release of them."""
    photographs: int
    """How many the atlas has."""
    touched: int
    """How many of them a change touches."""
    changes: Sequence[Change]

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it."""
        return {
            "vocabularies": [
                {
                    "name": one.name,
                    "before": one.before,
                    "after": one.after,
                    "installed": one.installed,
                    "lost": list(one.lost),
                }
                for one in self.compared
            ],
            "left": list(self.left),
            "photographs": self.photographs,
            "touched": self.touched,
            "changes": [change.as_json() for change in self.changes],
        }
