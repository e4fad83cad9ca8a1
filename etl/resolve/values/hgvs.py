"""The names that HGVS nomenclature gives to variants of DNA, RNA and protein, as one grammar.

Source: HGVS nomenclature, version 21, recommendations for DNA, RNA, protein, alleles and uncertain
(hgvs-nomenclature.org). What the field still writes and older versions allowed is accepted where it says the same:
the bases after "del" or "dup", one-letter amino acids. A sequence is not looked up: whether base 14582 is a G is not
known here. But what no sequence can have is no name: a base 0, a range from right to left, an insertion between bases
that are no neighbours, a change into the same base, a number of bases that is not that of the range. Nor is a range
that is written with a dash: "c.7300-7305del" would lie 7305 bases before base 7300, in an intron.
"""

import re
from functools import cache

_AMINO = (
    "Ala|Arg|Asn|Asp|Asx|Cys|Gln|Glu|Glx|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val|Sec|Pyl|Xaa|Ter"
    r"|[ACDEFGHIKLMNPQRSTUVWY]|\*"
)
# A chromosome without its assembly is no reference, nor is an exon.
_REFERENCE = re.compile(
    r"^(?:(?!chr(?:\d|[XYM])|(?:ex|exon|int|intron)\.?\d)[A-Za-z][A-Za-z0-9_.-]*(?:\([A-Za-z0-9_.-]+\))?):"
)


def is_hgvs(name: str) -> bool:
    """Tell whether a text without spaces is a name of HGVS, with or without a reference sequence before it."""
    bare = _REFERENCE.sub("", name)
    kind, body = bare[:2], bare[2:]
    if kind not in _CHANGES:
        return False
    if "(;)" in body:
        inside = body[1:-1] if body.startswith("[") and body.endswith("]") else body
        changes = inside.split("(;)")
    elif body.startswith("["):
        parts = _split(body)
        if not all(part.startswith("[") and part.endswith("]") for part in parts):
            return False
        changes = [change for part in parts for change in _split(part[1:-1])]
    else:
        changes = [body]
    return all(_is_change(kind, change) for change in changes)


def _is_change(kind: str, change: str) -> bool:
    """Tell whether a text is one change, certain or in brackets only predicted."""
    if change in ("?", "=", "(=)", "(?)"):
        return True
    certain = change[1:-1] if change.startswith("(") and change.endswith(")") else change
    return any(_change(kind).match(text) and _is_possible(kind, text) for text in (change, certain))


_EDIT = r"(?P<edit>del|dup|inv|ins|(?![\d_+-]))"
_PLACES = re.compile(rf"^(?P<first>\d+)(?:_(?P<last>\d+))?{_EDIT}")
_PLACES_OF_PROTEIN = re.compile(rf"^[A-Za-z*]+(?P<first>\d+)(?:_[A-Za-z*]+(?P<last>\d+))?{_EDIT}")
_PLACE_IN_INTRON = re.compile(rf"^[-*]?\d+[+-]\d+{_EDIT}")
_TOLD = re.compile(r"(?:del|dup|inv)(?!ins)(?:(?P<bases>[A-Za-z]+?)|(?P<count>\d+))(?=ins|$)")
_DASHED = re.compile(r"^(?P<first>\d+)-(?P<last>\d+)(?:del|dup|inv|ins)")
_NEAR = 10
"""A dash before a number that is larger than the first by less than this fraction stands between two places."""
_SAME = re.compile(r"([A-Za-z])>\1$")
_CIRCULAR = ("m.", "o.")


def _is_possible(kind: str, change: str) -> bool:
    """Tell whether a change that is well formed says nothing impossible; intronic and other places are not compared."""
    if _SAME.search(change):
        return False
    dashed = _DASHED.match(change)
    if dashed and 0 < int(dashed["last"]) - int(dashed["first"]) <= int(dashed["first"]) // _NEAR:
        return False
    places = (_PLACES_OF_PROTEIN if kind == "p." else _PLACES).match(change)
    if not places:
        # "c.550-551delAG" is a range that lacks its "_", and no single base of an intron.
        intronic = _PLACE_IN_INTRON.match(change)
        told = _TOLD.match(change, intronic.start("edit")) if intronic else None
        return not told or (int(told["count"]) if told["count"] else len(told["bases"])) == 1
    first = int(places["first"])
    last = int(places["last"] or first)
    if places["last"] and last <= first and kind not in _CIRCULAR:
        return False
    if places["edit"] == "ins" and last > first + 1:
        return False
    told = _TOLD.match(change, places.start("edit")) if kind != "p." and last >= first else None
    return not told or (int(told["count"]) if told["count"] else len(told["bases"])) == last - first + 1


def _split(text: str) -> list[str]:
    """Return what stands between semicolons that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "[(") - (sign in "])")
        if sign == ";" and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def alleles(name: str) -> list[str]:
    """Return the changes of a name, one an allele: ``c.[1A>G];[2del]`` is ``c.1A>G`` and ``c.2del``.

    Changes on one allele (``c.[1A>G;2del]``) and mosaics stay one name; a name of one change is itself.
    """
    reference = _REFERENCE.match(name)
    before = reference[0] if reference else ""
    kind, body = name[len(before) : len(before) + 2], name[len(before) + 2 :]
    parts = re.fullmatch(r"\[([^\[\]]+)\];\[([^\[\]]+)\]", body)
    if parts:
        found = [parts[1], parts[2]]
    elif "(;)" in body:
        found = body.removeprefix("[").removesuffix("]").split("(;)")
    else:
        return [name]
    return [f"{before}{kind}{f'[{part}]' if ';' in part else part}" for part in found]


@cache
def _change(kind: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{_CHANGES[kind]()})\Z")


def _nucleic(bases: str, sign: str) -> str:
    point = rf"(?:{sign}[1-9]\d*(?:[+-](?:[1-9]\d*|\?))?|\?|pter|qter|cen)"
    place = rf"(?:{point}|\({point}_{point}\))"
    span = rf"{place}(?:_{place})?"
    counted = rf"[{bases}]*\[(?:\d+|\(?\d+_\d+\)?|\?)\]"
    sequence = rf"(?:[{bases}]+|\d+|\(\d+(?:_\d+)?\)|{counted}|{span}(?:inv)?|\[[^\[\]\s]+\]|\(\?\))"
    old = rf"(?:[{bases}]+|\d+)?"
    edits = (
        rf"[{bases}]>[{bases}]",
        rf"(?:=|=?//?)(?:[{bases}]>[{bases}])?",
        rf"del{old}(?:ins{sequence})?",
        rf"dup{old}(?:ins{sequence})?",
        rf"inv{old}",
        rf"con{sequence}",
        rf"(?:[{bases}]*\[(?:\d+|\(?(?:\d+|\?)_(?:\d+|\?)\)?|\?)\])+",
        r"\|(?:gom|lom|met=|bsrC?)",
    )
    # An insertion lies between two bases.
    return rf"(?:{span}(?:{'|'.join(edits)})|{place}_{place}ins{sequence})"


def _protein() -> str:
    acid = rf"(?:{_AMINO})"
    place = rf"{acid}[1-9]\d*"
    stop = r"(?:Ter|\*)"
    edits = (
        rf"(?:{acid}|=|\?|=/{acid})",
        rf"{acid}?fs(?:{stop}(?:\d+|\?)?)?",
        rf"{acid}?ext(?:-\d+|{stop}(?:\d+|\?)|{acid}*{stop}(?:\d+|\?))",
        r"del",
        r"dup",
        rf"(?:delins|ins)(?:{acid}+|\d+|\(\d+\)|{acid}\[\d+\])",
        r"\[(?:\d+|\(\d+_\d+\))\]",
    )
    return rf"0\??|{place}(?:_{place})?(?:{'|'.join(edits)})"


def _rna() -> str:
    return rf"0|spl\??|{_nucleic('acguryswkmbdhvn', r'[-*]?')}"


def _dna() -> str:
    return _nucleic("ACGTURYSWKMBDHVN", r"[-*]?")


_CHANGES = {**dict.fromkeys(("c.", "g.", "m.", "n.", "o."), _dna), "r.": _rna, "p.": _protein}
