"""Publications: DOIs, PubMed and PubMed Central numbers in every spelling, alone or inside a citation."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from muscle_atlas.names import Names

_DOI = re.compile(r"^10\.\d{4,9}/[^\s\"{}|\\^`]+\Z")
# Also "info:doi/…", "urn:doi:…", and the addresses of publishers, ".../doi/full/10.1002/mus.21386".
_DOI_SPELLING = re.compile(
    r"^(?:(?:doi\s*[:=]?\s*)?(?:(?:https?://)?(?:www\.)?(?:dx\.)?doi\.org/(?:doi:\s*)?|(?:info:|urn:)?doi\s*[:=/]?\s*)"
    r"|https?://[^/\s]+/doi/(?:(?:abs|e?pdf|full|figure)/)?(?=10\.))",
    re.IGNORECASE,
)
_DOI_WITHIN = re.compile(r"(?<![\w./])10\.\d{4,9}/[^\s\"{}|\\^`]+")
_PMID_WITHIN = re.compile(r"\b(?:PMID|PubMed(?: ID)?)\s*:?\s*([1-9]\d{4,7})\b", re.IGNORECASE)
_PMC = re.compile(r"^(?:PMC\s*ID\s*:?\s*|PMC\s*:\s*)?(PMC\s?\d{1,9})$", re.IGNORECASE)
_PMID_LABEL = re.compile(r"^(?:PMID|PubMed)(?:\s*ID)?\s*[:=#]?\s*(?=\d)", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"^[1-9]\d{6,7}$")
# What begins a publication after ";": a DOI of 1999 may itself hold one, as in "3.0.CO;2-Y".
_SEPARATOR = re.compile(
    r";(?=\s*(?:$|10\.\d|<?https?:|\(?doi\b|urn:doi:|info:doi/|(?:dx\.)?doi\.org|pmc|pmid|pubmed|[1-9]\d{6,7}\s*(?:;|$)))",
    re.IGNORECASE,
)
_QUOTES = "<>\"'“”«» \u00a0\u200b"


@dataclass(frozen=True)
class Publication:
    """A publication as a cell gives it."""

    curie: str
    """``doi:…`` (in lower case), ``pubmed:…`` or ``pmc:PMC…``."""
    identifier: str
    """What ``dcterms:identifier`` says: the bare DOI, ``PMID:…`` or ``PMC…``."""
    assumed: bool = False
    """Whether a number alone was taken for one of PubMed."""


def split_publications(cell: str) -> list[str]:
    """Return the publications of one cell; a semicolon within a DOI separates nothing."""
    return [part.strip() for part in _SEPARATOR.split(cell) if part.strip()]


def read_publication(text: str, names: Names) -> Publication | None:
    """Return the publication that a text names and nothing else; None where it names none."""
    if doi := read_doi(text):
        return Publication(f"doi:{doi_path(doi)}", doi)
    plain = _bare(text)
    if found := _PMC.match(plain):
        number = "".join(found[1].upper().split())
        return Publication(f"pmc:{number}", number)
    if _BARE_NUMBER.match(plain):
        return Publication(f"pubmed:{plain}", f"PMID:{plain}", assumed=True)
    curie = names.identifier(_PMID_LABEL.sub("PMID:", plain).rstrip("/"))
    prefix, _, number = (curie or "").partition(":")
    if prefix == "pubmed":
        return Publication(f"pubmed:{number}", f"PMID:{number}")
    return Publication(f"pmc:{number}", number) if prefix == "pmc" else None


def find_publications(citation: str, names: Names) -> list[Publication]:
    """Return the publications that a citation in words names: by its DOIs, else by its PubMed numbers."""
    dois = [doi for found in _DOI_WITHIN.findall(citation) if (doi := read_doi(_balanced(found)))]
    if dois:
        return [Publication(f"doi:{doi_path(doi)}", doi) for doi in dict.fromkeys(dois)]
    numbers = dict.fromkeys(_PMID_WITHIN.findall(citation))
    return [found for number in numbers if (found := read_publication(f"PMID:{number}", names))]


def read_doi(text: str) -> str | None:
    """Return a DOI in lower case without resolver or label; None where the text is none.

    Syntax: prefix ``10.`` with 4 to 9 digits, slash, suffix without spaces (Crossref's recommended pattern).
    """
    spelled = _bare(text)
    bare = _DOI_SPELLING.sub("", spelled).strip()
    if (bare != spelled and "doi.org" in spelled.lower()) or re.match(r"^10\.\d{4,9}%2f", bare, re.IGNORECASE):
        bare = unquote(bare)
    bare = bare.rstrip(".,;").lower()
    return bare if _DOI.match(bare) else None


def doi_path(doi: str) -> str:
    """Return a DOI as it stands in an IRI."""
    return quote(doi, safe="/:;.()_-")


def _bare(text: str) -> str:
    """Return a text without what is put around an address: brackets, quotes, a full stop."""
    bare = text.strip(_QUOTES)
    while bare.startswith("(") and bare.endswith((")", ").")):
        bare = bare.rstrip(".")[1:-1].strip(_QUOTES)
    return bare


def _balanced(doi: str) -> str:
    """Return a DOI found in a text without the bracket that closes what stands around it."""
    doi = doi.rstrip(".,;>]")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;>]")
    return doi
