"""French and former names of Orphanet entities, from the older releases."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from muscle_atlas.folding import fold

from .releases import converter, read_json, read_xml_archive

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


def read_labels_2018(path: Path) -> dict[str, str]:
    """ORPHA CURIE -> label in ORDO 2.6, an OBO graph."""
    compress = converter().compress
    nodes = read_json(path)["graphs"][0]["nodes"]
    labels = ((compress(node["id"]), node.get("lbl")) for node in nodes)
    return {curie: label for curie, label in labels if curie and label and curie.startswith("ORPHA:")}


def read_xml_names(path: Path, suffix: str = ".xml") -> dict[str, str]:
    """ORPHA CURIE -> name in a nomenclature or in the classifications (`OrphaNumber` in 2019)."""
    names: dict[str, str] = {}
    for root in read_xml_archive(path, suffix):
        for disorder in root.iter("Disorder"):
            code = disorder.findtext("OrphaCode") or disorder.findtext("OrphaNumber")
            name = disorder.findtext("Name")
            if code and name:
                names[f"ORPHA:{code}"] = PAIRED.sub(r"“\1”", " ".join(name.split()))
    return names
