"""The keys that ``contribution.yaml`` may have (``mappings/contribution.tsv``)."""

from dataclasses import dataclass
from functools import cache

from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table


@dataclass(frozen=True)
class Key:
    """One key, by its path from the top: ``people.affiliation.ror``."""

    path: str
    required: bool
    form: str

    @property
    def name(self) -> str:
        """The key as the file writes it."""
        return self.path.rpartition(".")[2]


@cache
def keys_below(path: str) -> dict[str, Key]:
    """Return the keys that stand directly below one, by name; those of the top below ``""``."""
    rows = Table(MAPPINGS / "contribution.tsv").rows.select("key", "required", "form")
    keys = (Key(key, required == "yes", form) for key, required, form in rows.iter_rows())
    return {key.name: key for key in keys if key.path.rpartition(".")[0] == path}
