"""Captions in English and French, composed from what a record says (``tables/captions.json``)."""

import json
from functools import cache
from typing import Literal

from etl.generate.biopsies import Age, Biopsy
from etl.generate.catalogue import TABLES
from etl.generate.photographs import Photograph

Language = Literal["en", "fr"]

_ADULT = 18
"""Years."""


class Captions:
    """Composes captions in one language."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._words = {key: both[language] for key, both in _read_words().items()}
        self._of_biopsies: dict[str, str] = {}

    def say(self, word: str, **values: object) -> str:
        """Return a phrase with its values filled in."""
        return self._words[word].format(**values)

    def age(self, age: Age) -> str:
        """Return an age with its unit."""
        one = age.amount == 1 and age.unit != "gestation"
        return self.say(f"one {age.unit}" if one else age.unit, amount=age.amount)

    def caption(self, photograph: Photograph) -> str:
        """Return the caption of a photograph."""
        biopsy = photograph.biopsy
        if biopsy.identifier not in self._of_biopsies:
            self._of_biopsies[biopsy.identifier] = self._of_biopsy(biopsy)
        findings = ", ".join(_lowered(getattr(finding.label, self._language)) for finding in photograph.findings)
        shown = self.say(
            "photograph_showing" if findings else "photograph",
            stain=_raised(getattr(photograph.stain.label, self._language)),
            magnification=photograph.magnification.magnification,
            findings=findings,
            synthetic=self._words["synthetic"],
        )
        return self._of_biopsies[biopsy.identifier] + shown

    def _of_biopsy(self, biopsy: Biopsy) -> str:
        individual = biopsy.individual
        said = {
            "muscle": _raised(getattr(biopsy.muscle.label, self._language)),
            "age": self.age(biopsy.age),
            "what": self._what(biopsy),
            "strain": individual.strain,
        }
        if individual.species != "human":
            return self.say("animal", who=self.say(f"{individual.species} {individual.sex}"), **said)
        if biopsy.age.unit == "gestation":
            return self.say("fetus", who=self.say(f"fetus {individual.sex}"), **said)
        grown = "adult" if biopsy.age.years >= _ADULT else "child"
        return self.say("person", who=self.say(f"{grown} {individual.sex}"), **said)

    def _what(self, biopsy: Biopsy) -> str:
        individual = biopsy.individual
        if individual.diagnosis is None or individual.status == "control":
            return self._words["control"]
        if individual.status == "carrier":
            return self.say("carrier", gene=individual.symbol)
        disease = getattr(individual.diagnosis.disease, self._language)
        kind = "affected" if individual.species == "human" else "model"
        what = self.say(kind, disease=disease, gene=individual.symbol)
        return self.say("treated", what=what, treatment=individual.treatment) if individual.treatment else what


def _raised(label: str) -> str:
    return label[0].upper() + label[1:]


def _lowered(label: str) -> str:
    return label[0].lower() + label[1:]


@cache
def _read_words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = json.loads((TABLES / "captions.json").read_text(encoding="utf-8"))
    return words
