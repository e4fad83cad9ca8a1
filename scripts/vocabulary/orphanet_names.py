"""French and former names of Orphanet entities, from the older releases."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from muscle_atlas.folding import fold
from muscle_atlas.terms.reading.nomenclature import Nomenclature

# Tables are written without straight quotes.
PAIRED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True)
class French:
    """French names that still hold (none or one), and those of a name that has changed since."""

    current: tuple[str, ...] = ()
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """Names by ORPHA CURIE: English of today and of earlier releases, French of 2022 and 2019."""

    english: Mapping[str, str]
    english_2018: Mapping[str, str]
    english_2019: Mapping[str, str]
    english_2023: Mapping[str, str]
    french_2022: Mapping[str, str]
    french_2019: Mapping[str, str]

    def former_english(self, curie: str) -> set[str]:
        """English names that earlier releases gave and the release of today does not."""
        earlier = (self.english_2018, self.english_2019, self.english_2023)
        return {names[curie] for names in earlier if self.changed(curie, names)}

    def changed(self, curie: str, earlier: Mapping[str, str]) -> bool:
        """Whether the English name differs from the one of an earlier release."""
        return bool(earlier.get(curie)) and fold(earlier[curie]) != fold(self.english[curie])

    def changed_since_2019(self, curie: str) -> bool:
        """By the names of 2019 where they are known, else by those of 2018 and 2023."""
        if curie in self.english_2019:
            return self.changed(curie, self.english_2019)
        return self.changed(curie, self.english_2018) or self.changed(curie, self.english_2023)

    def french(self, curie: str) -> French:
        """Return the name of 2022, else of 2019.

        It counts as former where the English has changed since it was given: the French of 2019 still
        carries the old numbering of the limb-girdle dystrophies.
        """
        if curie in self.french_2022:
            name, stale = self.french_2022[curie], self.changed(curie, self.english_2023)
        elif curie in self.french_2019:
            name, stale = self.french_2019[curie], self.changed_since_2019(curie)
        else:
            return French()
        return French(former=(name,)) if stale else French(current=(name,))


def labels_of(nomenclature: Nomenclature) -> dict[str, str]:
    """ORPHA CURIE -> name, fit for tables."""
    return {curie: PAIRED.sub(r"“\1”", entry.label) for curie, entry in nomenclature.entries.items()}
