"""Variants as laboratories write them: a name of HGVS, an old style of one, or a description in words."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from etl.resolve.values.hgvs import alleles, is_hgvs
from muscle_atlas.folding import fold
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.settings import Language
from muscle_atlas.tables import Table

COMPOUND = "zygosity:compound-heterozygous"

_GENE = r"(?P<gene>[A-Za-z][A-Za-z0-9-]{0,19})"
# "chr19" and "ENST00000359596" name sequences.
_SEQUENCE = r"(?:[ANX][CGMPRTW]_|LRG_|ENS[A-Z]*\d|chr(?:\d|[XYM]))"
_NAMED_GENE = re.compile(rf"^(?!{_SEQUENCE}){_GENE}\s*[:\s]\s*(?P<hgvs>[cgmnoprCGMP]\.\s*.+)$")
_GENE_OF_REFERENCE = re.compile(rf"^(?P<reference>{_SEQUENCE}[^\s:()]*)\s*\({_GENE}\)\s*(?=:)")
# "RYR1(NM_000540.3):c.14582G>A", the other way round, and "m.3243A>G (MT-TL1)".
_REFERENCE_OF_GENE = re.compile(rf"^{_GENE}\s*\(\s*(?P<reference>{_SEQUENCE}[^\s:()]*)\s*\)\s*(?=:)")
_GENE_BEHIND = re.compile(r"^(?P<hgvs>[cgmn]\.[^()\s]+)\s*\((?P<gene>[A-Z][A-Z0-9-]+(?:orf\d+)?)\)$")
# "exon 101 : c.14582G>A", "c.14582G>A (exon 101)": where it lies follows from its name.
_EXON = r"(?:exons?|ex|introns?|int)\.?\s?\d{1,3}[a-z]?"
_EXON_BESIDE = re.compile(rf"^{_EXON}\s*[:,;-]?\s*(?=[cgn]\.)|\s*[,;-]?\s*(?:\({_EXON}\)|\b{_EXON})$", re.IGNORECASE)
_SPACED_REFERENCE = re.compile(rf"^({_SEQUENCE}[^\s:]*)\s+(?=[cgmnopr]\.)")
_DESCRIBED_GENE = re.compile(rf"^{_GENE}\s*[:\s]\s*(?P<words>\S.*)$")
_PROTEIN = re.compile(r"(?<![A-Za-z0-9_.:])(?:NP_[0-9.]+:)?p\.")
_CONSEQUENCE = re.compile(r"^\(?(?:NP_[0-9.]+:)?p\.")
_SEPARATE_CONSEQUENCE = re.compile(r";\s*\(?(?:NP_[0-9.]+:)?p\.")
_HGVS_WITHIN = re.compile(r"(?:^|[\s:,;)-])[cgmn]\.")
_KIND = re.compile(r"^((?:.*:)?)([A-Z])(\.)")
_THREE_LETTERS = dict(
    zip(
        "ARNDCQEGHILKMFPSTWYVU",
        ("Ala Arg Asn Asp Cys Gln Glu Gly His Ile Leu Lys Met Phe Pro Ser Thr Trp Tyr Val Sec").split(),  # noqa: SIM905
        strict=True,
    )
)
_AMINO_ACID = re.compile(
    r"(?<![A-Za-z])[ARNDCQEGHILKMFPSTWYVU](?=[1-9])|(?<=\d)[ARNDCQEGHILKMFPSTWYVU](?=fs|ext|$|[)\];/?])"
)
_REPEATED_BASES = re.compile(r"(?<=del|dup|inv)(?:[ACGTacgtu]+|\d+)(?=$|ins|[)\];])")
_HTML = "&gt;"
_SIGNS = str.maketrans({"→": ">", "˃": ">", "›": ">", "＞": ">", **dict.fromkeys("‐‑‒–—−", "-")})


@dataclass(frozen=True)
class Variant:
    """A variant as one value of a cell gives it; either ``hgvs`` or ``description`` is told, or neither can be."""

    gene: str | None
    """Symbol named before the variant."""
    written: str
    """The value without gene, signs and spaces made uniform."""
    hgvs: str | None = None
    protein: str | None = None
    """Consequence for the protein, told beside the change of DNA."""
    description: str | None = None
    old_style: bool = False
    """Whether the name of HGVS was written otherwise."""


def split_variants(cell: str) -> list[str]:
    """Return the variants of one cell: a semicolon in brackets, or between two, belongs to a name of HGVS."""
    cell = cell.replace(_HTML, ">")
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(cell):
        depth += (sign in "[(") - (sign in "])" and depth > 0)
        between = (
            cell[:place].rstrip().endswith("]") and cell[place + 1 :].lstrip().startswith("[") if sign == ";" else False
        )
        if sign == ";" and not depth and not between:
            parts.append(cell[start:place])
            start = place + 1
    parts.append(cell[start:])
    # A bracket that is never closed must not hide the variants behind it.
    whole = parts if not depth else cell.split(";")
    return _join_consequences([part.strip() for part in whole if part.strip()])


def _join_consequences(parts: list[str]) -> list[str]:
    """Unite "c.100C>T; p.Arg34*": a consequence beside each change of DNA is no variant of its own."""
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if not pairs or len(parts) % 2:
        return parts
    for ordered in (pairs, [pair[::-1] for pair in pairs]):
        if all(not _PROTEIN.search(change) and _CONSEQUENCE.match(consequence) for change, consequence in ordered):
            return [f"{change}; {consequence}" for change, consequence in ordered]
    return parts


def read_variant(text: str) -> Variant:
    """Return what a value says of a variant.

    Signs are made uniform (NFKC, one kind of arrow and dash) and spaces left out. ``RYR1:c.14582G>A`` names the
    gene; ``NM_000540.3:c.14582G>A`` names a reference sequence, which stays; of ``NM_000540.3(RYR1):c.14582G>A`` the
    gene is taken off, so that a variant has one name.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).replace("->", ">").replace(_HTML, ">").strip()
    if description := _describe(plain):
        return description
    told = plain
    if _HGVS_WITHIN.search(plain):
        plain = _EXON_BESIDE.sub("", plain)
    if named := _NAMED_GENE.match(plain) or _GENE_BEHIND.match(plain):
        gene, name = named["gene"], named["hgvs"]
    elif around := _REFERENCE_OF_GENE.match(plain):
        gene, name = around["gene"], around["reference"] + plain[around.end() :]
    elif within := _GENE_OF_REFERENCE.match(_SPACED_REFERENCE.sub(r"\1:", plain)):
        gene, name = within["gene"], within["reference"] + _SPACED_REFERENCE.sub(r"\1:", plain)[within.end() :]
    else:
        gene, name = None, _SPACED_REFERENCE.sub(r"\1:", plain)
    dna, protein = _separate_protein(name)
    hgvs, modern = "".join(dna.split()), _modernise(dna)
    if is_hgvs(hgvs) or not is_hgvs(modern):
        modern = hgvs
    modern = _normalise(modern)
    consequence = _normalise(_modernise(protein)) if protein else None
    return Variant(
        gene,
        hgvs,
        hgvs=modern if is_hgvs(modern) and (consequence is None or is_hgvs(consequence)) else None,
        protein=consequence,
        old_style=modern != _spell_stop(hgvs)
        or plain != told
        or bool(_SEPARATE_CONSEQUENCE.search(name))
        or (protein is not None and consequence != _spell_stop("".join(protein.split()))),
    )


def _describe(text: str) -> Variant | None:
    named = _DESCRIBED_GENE.match(text)
    for gene, words in ((None, text), (named["gene"], named["words"]) if named else (None, "")):
        if words and advice_on(words, "en"):
            return Variant(gene, words, description=" ".join(words.split()))
    return None


def _separate_protein(name: str) -> tuple[str, str | None]:
    """Take apart "c.100C>T (p.Arg34*)": the change of DNA names the variant, the protein follows from it."""
    found = _PROTEIN.search(name)
    if not found:
        return name, None
    before, behind = name[: found.start()].rstrip(" ,;/([=-"), name[found.start() :].strip()
    if not before:
        first, *rest = re.split(r"[\s,;/]*[\s,;/(\[]+(?=(?:[A-Z]{2}_[0-9.]+:)?[cgmn]\.)", behind, maxsplit=1)
        return (rest[0].rstrip(" )]"), first) if rest else (name, None)
    while behind.endswith(")") and behind.count(")") > behind.count("("):
        behind = behind[:-1].rstrip()
    return before, behind.rstrip("]") if "[" not in behind else behind


def _modernise(name: str) -> str:
    """Return a name in the style of today: X for a stop, capital letters before the point, small letters of bases."""
    name = "".join(name.split()).replace("]+[", "];[")
    name = _KIND.sub(lambda found: found[1] + found[2].lower() + found[3], name)
    before, point, body = name.partition("p.")
    if point and not before.rstrip(":").endswith(("c", "g")):
        return f"{before}p.{re.sub(r'X(?!aa)', '*', body)}"
    found = re.match(r"^((?:.*:)?[cgmn]\.)(.+)$", name)
    if found and not found[2].isupper():
        return found[1] + re.sub(r"(?<=\d)[acgt]+(?=>)|(?<=>)[acgt]+$", lambda bases: bases[0].upper(), found[2])
    return name


def _spell_stop(name: str) -> str:
    """Write "Ter" as "*": HGVS has both for a stop, and a variant has one name."""
    return name.replace("Ter", "*")


def _normalise(name: str) -> str:
    """Return the one name of those that HGVS lets a variant have: three letters an amino acid, no bases after "del".

    ``p.R34*`` is ``p.Arg34*`` and ``c.5delA`` is ``c.5del``, so that both ways of writing are one variant (HGVS,
    recommendations for protein and for deletions).
    """
    if not is_hgvs(name):
        return name
    before, point, body = name.rpartition("p.")
    if point and not before.endswith(tuple("cgmnor")):
        return before + point + _AMINO_ACID.sub(lambda found: _THREE_LETTERS[found[0]], _spell_stop(body))
    return _REPEATED_BASES.sub("", name)


@cache
def _descriptions() -> list[tuple[re.Pattern[str], dict[Language, str]]]:
    rows = Table(MAPPINGS / "variant-descriptions.tsv").rows
    return [
        (re.compile(pattern), {"en": english, "fr": french})
        for pattern, english, french in rows.select("pattern", "advice_en", "advice_fr").iter_rows()
    ]


def advice_on(description: str, language: Language) -> str | None:
    """Return how HGVS names a variant that is described in words; None where it is no description that is known."""
    word = fold(description)
    return next((advice[language] for pattern, advice in _descriptions() if pattern.fullmatch(word)), None)


def zygosity_of_alleles(name: str) -> str | None:
    """Return the zygosity (CURIE) that the alleles of one name say, as in ``c.[1A>G];[1A>G]``.

    ``c.1A>G(;)2del`` says none: whether both changes lie on one allele is not known (HGVS, alleles).
    """
    names = alleles(name)
    if len(names) < 2 or "(;)" in name:
        return None
    if len(set(names)) == 1:
        return "zygosity:homozygous"
    if any(allele.endswith(".?") for allele in names):
        return None
    return "zygosity:heterozygous" if any(allele.endswith(".=") for allele in names) else COMPOUND
