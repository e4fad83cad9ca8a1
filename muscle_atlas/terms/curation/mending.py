"""Mending tables of words: rows sorted, labels of today, what was decided put where it belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from muscle_atlas.folding import fold
from muscle_atlas.names import Names
from muscle_atlas.terms.curation.catalogue import Catalogue, look_up
from muscle_atlas.terms.curation.headers import complete, header_of
from muscle_atlas.terms.curation.integrity import FATAL
from muscle_atlas.terms.curation.mapping_sets import NEEDED, MappingSet, columns_of, read_mapping_set, write_mapping_set
from muscle_atlas.terms.curation.mappings import NEGATED, SUFFIX, Part, Place, Verdict
from muscle_atlas.terms.curation.placed import Placed

REVIEWED = "reviewed"
"""Believed rows of ``suggested/muscles.sssom.tsv`` go into ``muscles-reviewed.sssom.tsv``."""
_BY_PERSON = "semapv:ManualMappingCuration"
_BY_LIKENESS = "semapv:LexicalSimilarityThresholdMatching"
_PARTS: dict[Verdict, Part] = {"believed": "", "disbelieved": "disbelieved", "unsure": "unsure"}
_HIDDEN = {ord(sign): " " for sign in "\u00a0\u202f"} | dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))


@dataclass
class _Draft:
    """A table while it is changed."""

    place: Place
    table: MappingSet | None
    rows: list[dict[str, str]] = field(default_factory=list)
    filed: int = 0
    """How many of the rows have come from other tables."""

    @property
    def stem(self) -> str:
        return self.place.path.name.removesuffix(SUFFIX)


def mend(tables: Sequence[Placed], names: Names, terms: Path | None) -> list[Path]:
    """Mend what needs no judgement, and return the tables that were changed.

    Spaces, line ends, order, labels and the prefixes of headers are put right. Rows of an institute that were decided
    elsewhere than where such rows lie are moved there. A table that cannot be read whole is left alone.

    Raises:
        OSError: if a table cannot be written.
        SliceError: if a slice cannot be read.
    """
    sound = [placed for placed in tables if _is_sound(placed.table)]
    known = look_up({row["object_id"] for placed in sound for row in placed.table.rows}, terms)
    drafts = {placed.place.path: _Draft(placed.place, placed.table) for placed in sound}
    for placed in sound:
        draft = drafts[placed.place.path]
        for row in placed.table.rows:
            cells = _mended(row.cells, known, ours=placed.place.ours)
            verdict = placed.verdict(row)
            home = None if placed.place.ours or verdict == "undecided" else _home(placed.place, _PARTS[verdict])
            if home is None or not _add(drafts, home, _filed(cells, verdict)):
                draft.rows.append(cells)
    # What rows are moved to is written before what they are moved from: nothing is lost on the way.
    ordered = sorted(drafts.values(), key=lambda draft: -draft.filed)
    return sorted(draft.place.path for draft in ordered if _write(draft, names))


def _is_sound(table: MappingSet) -> bool:
    """Tell whether nothing of a table is lost where it is written anew."""
    unread = {flaw.rule for flaw in table.flaws} & FATAL
    return not unread and set(NEEDED) <= set(table.columns) and len(set(table.columns)) == len(table.columns)


def _home(place: Place, part: Part) -> Place | None:
    """Return where a row belongs that lies in another part; None where it is at home."""
    if place.part == part:
        return None
    folder = place.path.parent.parent if place.part else place.path.parent
    stem = place.words if part else f"{place.words}-{REVIEWED}"
    return Place(folder / part / f"{stem}{SUFFIX}", part, ours=False)


def _add(drafts: dict[Path, _Draft], home: Place, cells: dict[str, str]) -> bool:
    """Put a row into the table that it belongs in; False where its pair is there already, or the table is broken."""
    if home.path not in drafts:
        table = read_mapping_set(home.path) if home.path.exists() else None
        if table and not _is_sound(table):
            return False
        drafts[home.path] = _Draft(home, table, [dict(row.cells) for row in table.rows] if table else [])
    draft = drafts[home.path]
    there = [row.cells for row in draft.table.rows] if draft.table else []
    pair = fold(cells["subject_label"]), cells["object_id"]
    if any((fold(row["subject_label"]), row["object_id"]) == pair for row in (*there, *draft.rows)):
        return False
    draft.rows.append(cells)
    draft.filed += 1
    return True


def _mended(cells: Mapping[str, str], known: Catalogue, *, ours: bool) -> dict[str, str]:
    mended = {column: " ".join(cell.translate(_HIDDEN).split()) for column, cell in cells.items()}
    labels = known.labels(mended["object_id"], ours=ours)
    if labels and mended["object_label"] not in labels:
        mended["object_label"] = labels[0]
    return mended


def _filed(cells: dict[str, str], verdict: Verdict) -> dict[str, str]:
    """Return a row as it stands where it belongs: who decided is the reason, not how alike two names are."""
    filed = {column: cell for column, cell in cells.items() if not column.startswith("mapping_tool")}
    if filed["mapping_justification"] == _BY_LIKENESS:
        filed["mapping_justification"] = _BY_PERSON
    filed["predicate_modifier"] = NEGATED if verdict == "disbelieved" else ""
    filed["confidence"] = "0" if verdict == "unsure" else ""
    return filed


def _write(draft: _Draft, names: Names) -> bool:
    path, place = draft.place.path, draft.place
    if place.part == "suggested" and not draft.rows:
        path.unlink()
        return True
    header = complete(header_of(draft.table, place.words, place.part, draft.stem, names), draft.rows, names)
    columns = draft.table.columns if draft.table else ()
    used = {column for row in draft.rows for column, cell in row.items() if cell}
    if not used <= set(columns):
        columns = columns_of(draft.rows, columns or (*NEEDED, "author_id"))
    return write_mapping_set(path, header, columns, draft.rows)
