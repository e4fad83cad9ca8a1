"""The names of things: the prefix map, CURIEs, and the IRIs this atlas mints."""

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from muscle_atlas.rooms import ONTOLOGY

if TYPE_CHECKING:
    import curies

# identifiers.org has two forms of IRI for one gene; the graph names genes by the second.
_TWINS = {"hgnc.id": "HGNC"}

PREFIX_MAP = ONTOLOGY / "prefixes.json"


@cache
def _prefix_records() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(PREFIX_MAP.read_text(encoding="utf-8")))


@cache
def default_base() -> str:
    """Return the base IRI written in the data files, the one of the prefix ``atlas``."""
    return next(str(record["uri_prefix"]) for record in _prefix_records() if record["prefix"] == "atlas")


@dataclass(frozen=True)
class Names:
    """The names of one atlas, whose IRIs begin with ``base``."""

    base: str

    def localise(self, text: str) -> str:
        """Return the text of a data file with the default base replaced by this atlas's own."""
        return text if self.base == default_base() else text.replace(default_base(), self.base)

    @cached_property
    def converter(self) -> "curies.Converter":
        """The extended prefix map as a converter of the ``curies`` library."""
        # Here, because it takes longer than all that --help needs.
        import curies  # noqa: PLC0415

        records = json.loads(self.localise(json.dumps(_prefix_records())))
        return curies.Converter.from_extended_prefix_map(records)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Every prefix and prefix synonym with its namespace, as SPARQL wants them."""
        return {
            prefix: record.uri_prefix
            for record in self.converter.records
            for prefix in (record.prefix, *record.prefix_synonyms)
        }

    def expand(self, curie: str) -> str:
        """Return the IRI of a CURIE.

        Raises:
            KeyError: if ``ontology/prefixes.json`` does not know the prefix.
        """
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in self.prefixes:
            raise KeyError(f"{curie}: no such prefix in {PREFIX_MAP.name}")
        return self.prefixes[prefix] + local

    def compress(self, iri: str) -> str:
        """Return the CURIE of an IRI, or the IRI itself where no prefix fits."""
        return self.converter.compress(iri) or iri

    def mint(self, kind: str, identifier: str) -> str:
        """Return the IRI of one of our own things, for instance ``{base}image/IM-1``."""
        return f"{self.base}{kind}/{identifier}"

    def identifier(self, word: str) -> str | None:
        """Return the canonical CURIE of an identifier in any usual spelling, None where ``word`` is none.

        Known spellings: ``HGNC:1052``, ``hgnc 1052``, ``ORPHA597``, ``Orphanet_595``, ``MIM #117000``,
        ``http://identifiers.org/hgnc/1052``.
        The local part must match the pattern of its prefix, which ``curies`` alone does not check.
        """
        word = word.strip()
        if "://" in word:
            prefix, colon, local = (self.converter.compress(word) or "").partition(":")
            reference = (prefix, local) if colon else None
        else:
            prefix, colon, local = _split_spelling(word)
            standard = self.converter.standardize_prefix(prefix) or self.converter.standardize_prefix(prefix.lower())
            reference = (standard, local) if colon and standard else None
        if reference is None:
            return None
        prefix, local = _TWINS.get(reference[0], reference[0]), reference[1]
        pattern = self.converter.get_record(prefix, strict=True).pattern
        if not local or (pattern is not None and not re.search(pattern, local)):
            return None
        return f"{prefix}:{local}"


# "ORPHA597" as Orphanet wrote it for years, "ORPHAcode 597", "ORPHA n° 597", "MIM #117000", "HGNC-1052".
_NUMBERED = re.compile(
    r"(?:code\s+)?(#|[A-Z]+?)(?:\s?code)?\s*(?:[:_#-]|n[°º]|no\.?)?\s*#?\s*((?<![A-Z])C?\d+|\d+)", re.IGNORECASE
)


def _split_spelling(word: str) -> tuple[str, str, str]:
    if numbered := _NUMBERED.fullmatch(word):
        # OMIM marks an entry of a disease by the sign alone: "#117000".
        return "OMIM" if numbered[1] == "#" else numbered[1], ":", numbered[2]
    for mark in (":", "_", " "):
        before, found, after = word.partition(mark)
        if found:
            return before.strip(), mark, after.strip()
    return word, "", ""
