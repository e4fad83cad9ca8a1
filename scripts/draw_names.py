"""Draw the names that people are given in Europe and around it, from the lists of Faker."""

import re
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from muscle_atlas.folding import fold

TABLE = Path(__file__).resolve().parents[1] / "mappings" / "identifying-names.tsv"
LOCALES = (
    *("de_AT", "de_CH", "de_DE", "en_GB", "en_IE", "en_US", "es_ES", "fr_BE", "fr_CA", "fr_CH", "fr_DZ", "fr_FR"),
    *("it_IT", "nl_BE", "nl_NL", "pl_PL", "pt_PT", "ro_RO", "sv_SE", "tr_TR"),
)
SHORTEST = 3
"""Letters of a name that is worth looking for: shorter ones are syllables of anything."""


def draw_names() -> str:
    """Return the table: each name once, without accents, and whether it is given, of a family, or both."""
    names: dict[str, set[str]] = {}
    for locale in LOCALES:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for attribute in sorted(vars(provider)):
            kind = next((kind for kind in ("first", "last") if attribute.startswith(f"{kind}_name")), None)
            lists = getattr(provider, attribute)
            if kind and not callable(lists):
                for told in lists:
                    for name in re.split(r"[ '-]+", fold(told)):
                        if len(name) >= SHORTEST and name.isascii() and name.isalpha():
                            names.setdefault(name, set()).add(kind)
    head = [
        "# Names of persons, without accents: first, last, or both; some stand for a disease, too (Becker, Marie).",
        f"# Drawn by scripts/draw_names.py from Faker {version('faker')} (MIT, © 2012 Daniele Faraglia):",
        f"# {' '.join(LOCALES)}.",
        "name\tkind",
    ]
    return "\n".join([*head, *(f"{name}\t{'|'.join(sorted(kinds))}" for name, kinds in sorted(names.items()))]) + "\n"


if __name__ == "__main__":
    table = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE
    table.write_text(draw_names(), encoding="utf-8")
