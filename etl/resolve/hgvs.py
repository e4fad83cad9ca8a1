"""The names that HGVS nomenclature gives to variants of DNA, RNA and protein, as one grammar.

Source: HGVS nomenclature, version 21, recommendations for DNA, RNA, protein, alleles and uncertain
(hgvs-nomenclature.org). What the field still writes and older versions allowed is accepted where it says the same:
the bases after "del" or "dup", one-letter amino acids. A sequence is not looked up: whether base 14582 is a G is not
known here.
"""

import re
from functools import cache

_AMINO = (
    "Ala|Arg|Asn|Asp|Asx|Cys|Gln|Glu|Glx|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val|Sec|Pyl|Xaa|Ter"
    r"|[ACDEFGHIKLMNPQRSTUVWY]|\*"
)
_REFERENCE = re.compile(r"^(?:[A-Za-z][A-Za-z0-9_.-]*(?:\([A-Za-z0-9_.-]+\))?):")


def is_hgvs(name: str) -> bool:
    """Tell whether a text without spaces is a name of HGVS, with or without a reference sequence before it."""
    return bool(_whole().match(_REFERENCE.sub("", name)))


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
def _whole() -> re.Pattern[str]:
    kinds = (
        rf"[cgmno]\.(?:{_allelic(_nucleic('ACGTURYSWKMBDHVN', r'[-*]?'))})",
        rf"r\.(?:0|\(?spl\??\)?|\(\?\)|{_allelic(_nucleic('acguryswkmbdhvn', r'[-*]?'))})",
        rf"p\.(?:0\??|{_allelic(_protein())})",
    )
    return re.compile(rf"^(?:{'|'.join(kinds)})\Z")


def _allelic(change: str) -> str:
    """One change, or several on one allele, on two, or with the phase unknown; each certain or only predicted."""
    one = rf"(?:{change}|\((?:{change})\)|\?|=|\(=\))"
    cis = rf"{one}(?:;{one})*"
    return rf"{one}|{one}(?:\(;\){one})+|\[{cis}\](?:;\[{cis}\])*|\[{one}(?:\(;\){one})+\]"


def _nucleic(bases: str, sign: str) -> str:
    point = rf"(?:{sign}\d+(?:[+-](?:\d+|\?))?|\?|pter|qter|cen)"
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
    place = rf"{acid}\d+"
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
    return rf"{place}(?:_{place})?(?:{'|'.join(edits)})"
