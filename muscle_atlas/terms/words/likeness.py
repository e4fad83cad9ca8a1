"""Likeness: the names that a word may be a misspelling of."""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from string import ascii_lowercase, digits

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

SIMILAR = 60.0
"""Least similarity, of 100, of a word that is told as a candidate."""
PARTLY = 86.0
"""The same for a word of which only parts are alike."""
SHORT = 8
"""Words up to this length are compared letter by letter: a part of one is not like the whole."""
SLIPS = 14
"""Signs of the longest name that is looked for with one slip in it; a longer one shares enough triples of signs."""
TRIPLED = 5
"""Signs of the shortest name that triples of signs are compared of."""
READ = 10_000
"""Names that are read for the triples they share, the rarest triples first: about 3 ms."""
COMPARED = 500
"""Names that a word is compared with."""

MOST = 20
"""Names that are told by each measure."""
_WRONG = 1 - SIMILAR / 100
"""Part of the signs of a short word that may be wrong."""
_SIGNS = f"{ascii_lowercase}{digits} -'"

Ask = Callable[..., list[tuple[str, ...]]]
"""Asks a slice: a query and its values."""


def near_names(key: str, ask: Ask) -> set[str]:
    """Return the names of a slice, folded, that one slip leads to from ``key``, or that share its rarest triples."""
    found: set[str] = set()
    if len(key) <= SLIPS:
        slips = json.dumps(sorted(_slips(key)))
        found.update(
            name for (name,) in ask("SELECT key FROM name WHERE key IN (SELECT value FROM json_each(?))", slips)
        )
    if len(key) >= TRIPLED:
        found.update(_sharing(key, ask))
    return found


def _slips(key: str) -> set[str]:
    """Return every word that one letter left out, doubled, swapped or mistyped makes of ``key``."""
    cuts = [(key[:place], key[place:]) for place in range(len(key) + 1)]
    left_out = (head + tail[1:] for head, tail in cuts if tail)
    swapped = (head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1)
    mistyped = (head + sign + tail[1:] for head, tail in cuts if tail for sign in _SIGNS)
    added = (head + sign + tail for head, tail in cuts for sign in _SIGNS)
    return {*left_out, *swapped, *mistyped, *added}


def _sharing(key: str, ask: Ask) -> Iterable[str]:
    """Return the names that share the rarest triples of signs with ``key``, each weighed by how rare it is."""
    triples = json.dumps(sorted({key[place : place + 3] for place in range(len(key) - 2)}))
    counts = ask(
        "SELECT trigram.term, trigram.doc FROM json_each(?) JOIN temp.trigram ON trigram.term = json_each.value",
        triples,
    )
    chosen: list[tuple[str, float]] = []
    read = 0
    for triple, count in sorted(counts, key=lambda row: (row[1], row[0])):
        read += int(count)
        if chosen and read > READ:
            break
        chosen.append((triple, 1 / (1 + math.log(int(count)))))
    if not chosen:
        return ()
    each = " UNION ALL ".join(["SELECT rowid AS number, ? AS weight FROM alike (?)"] * len(chosen))
    values = [value for triple, weight in chosen for value in (weight, f'"{triple.replace(chr(34), chr(34) * 2)}"')]
    rows = ask(
        f"SELECT name.key FROM (SELECT number, sum(weight) AS weight FROM ({each}) GROUP BY number "  # noqa: S608
        f"ORDER BY weight DESC LIMIT {COMPARED}) JOIN name USING (number)",
        *values,
    )
    return (name for (name,) in rows)


def likenesses(key: str, names: Sequence[str]) -> dict[str, float]:
    """Return those of ``names`` that look like ``key``, all folded, with their likeness of 100."""
    if len(key) <= SHORT:
        # Two letters that change places are one slip, and so is one too many: none of them is likelier.
        slips = process.extract(key, names, scorer=OSA.distance, limit=None, score_cutoff=int(len(key) * _WRONG))
        return {name: 100 * (1 - count / max(len(key), 1)) + fuzz.ratio(key, name) / 10_000 for name, count, _ in slips}
    scores: dict[str, float] = {}
    for scorer, least in ((fuzz.token_sort_ratio, SIMILAR), (fuzz.WRatio, PARTLY)):
        for name, score, _ in process.extract(key, names, scorer=scorer, limit=MOST, score_cutoff=least):
            scores[name] = max(score, scores.get(name, 0.0))
    return scores
