"""The values of ``contribution.yaml``, each form read by one function."""

import datetime
import os
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from etl.contribute.checksums import is_orcid, is_ror
from etl.read.source import Fault
from etl.resolve.values.publications import read_publication
from muscle_atlas.names import Names
from muscle_atlas.terms.words.lexicon import Lexicon

_LONGEST = 4_000
"""Signs of a text: a statement of two pages."""
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,63}")
"""With a full stop and an id of 64 signs, a prefixed id has at most 128. No full stop within, so that two contributions
never make one id of two."""
_RESERVED = "of"
"""Begins the ids of what is inferred (``of.…``)."""
_LANGUAGES = ("en", "fr")
_MAIL = re.compile(r"[A-Za-z0-9.!$&'*+=_~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""What the field of HTML for e-mail takes and an IRI, too (https://html.spec.whatwg.org/#valid-e-mail-address)."""
_PAGE = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True)
class Values:
    """Reads the values of one file."""

    folder: Path
    names: Names
    licences: Lexicon

    def read(self, form: str, text: str) -> str | Fault:
        """Return what a text comes to in a form of ``mappings/contribution.tsv``, or what is wrong with it."""
        if len(text) > _LONGEST or not all(sign.isprintable() or sign in "\n\t" for sign in text):
            return Fault("contribution-text", text[:_LONGEST].encode("unicode_escape").decode()[:80])
        read = {
            "identifier": self._identifier,
            "language": self._language,
            "date": self._date,
            "licence": self._licence,
            "doi": self._doi,
            "contact": self._contact,
            "orcid": self._orcid,
            "ror": self._ror,
            "files": self._path,
            "folder": self._path,
        }.get(form)
        return read(text) if read else " ".join(text.split())

    def _identifier(self, text: str) -> str | Fault:
        fits = _IDENTIFIER.fullmatch(text) and text != _RESERVED and re.search(r"[A-Za-z0-9]", text)
        return text if fits else Fault("contribution-identifier", text)

    def _language(self, text: str) -> str | Fault:
        return text if text in _LANGUAGES else Fault("contribution-language", text, candidates=_LANGUAGES)

    def _date(self, text: str) -> str | Fault:
        try:
            day = datetime.date.fromisoformat(text)
        except ValueError:
            return Fault("contribution-date", text)
        # Tomorrow is today east of here.
        latest = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
        return day.isoformat() if day <= latest else Fault("contribution-date", text)

    def _licence(self, text: str) -> str | Fault:
        match = self.licences.resolve(text)
        candidates = tuple(str(candidate) for candidate in match.candidates)
        return text if match.identifier else Fault("contribution-licence", text, candidates=candidates)

    def _doi(self, text: str) -> str | Fault:
        found = read_publication(text, self.names)
        return found.curie if found and found.curie.startswith("doi:") else Fault("contribution-doi", text)

    def _contact(self, text: str) -> str | Fault:
        if _MAIL.fullmatch(text):
            return f"mailto:{text}"
        return text if _PAGE.fullmatch(text) else Fault("contribution-contact", text)

    def _orcid(self, text: str) -> str | Fault:
        bare = posixpath.basename(text.rstrip("/")).upper()
        return bare if is_orcid(bare) else Fault("contribution-orcid", text)

    def _ror(self, text: str) -> str | Fault:
        bare = posixpath.basename(text.rstrip("/")).lower()
        return bare if is_ror(bare) else Fault("contribution-ror", text)

    def _path(self, text: str) -> str | Fault:
        """Return a path below the folder; never one that leads out of it, by itself or over a symbolic link."""
        path = self.folder / text
        try:
            real = Path(os.path.realpath(path))
            outside = not real.is_relative_to(os.path.realpath(self.folder))
            exists = real.exists()
        except OSError:
            # A name that is longer than the disk takes.
            outside, exists = False, False
        if outside:
            return Fault("contribution-path-outside", text)
        return text if exists else Fault("contribution-file-missing", text, candidates=nearest(text, self._there()))

    def _there(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("."))


def nearest(word: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return up to three of the words known that look like another, the most alike first."""
    found = process.extract(word, known, scorer=fuzz.ratio, limit=3, score_cutoff=60, processor=str.casefold)
    return tuple(name for name, _, _ in found)
