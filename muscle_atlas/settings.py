"""Settings of a run, read once from the environment (``MUSCLE_ATLAS_*``) and passed down."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from muscle_atlas.names import Names, default_base

Language = Literal["en", "fr"]

# Scheme, host and path; none of the signs that an IRI must not hold, no query, no fragment.
_BASE = re.compile(r"https?://[A-Za-z0-9.:_~-]+(?:/[^\s<>\"{}|\\^`#?\x00-\x20]*)?/\Z")
_MIRROR = re.compile(r"https?://[^\s?#/]+[^\s?#]*\Z")


@dataclass(frozen=True)
class Settings:
    """What an institute decides for its own atlas."""

    base: str
    """IRI that every IRI of the atlas begins with; ends in ``/`` (``MUSCLE_ATLAS_BASE``)."""
    data: Path
    """Folder of the releases (``MUSCLE_ATLAS_DATA``)."""
    language: Language
    """Language of messages (``MUSCLE_ATLAS_LANGUAGE``, else the locale's, else English)."""

    trusted_hosts: frozenset[str] = frozenset()
    """Hosts of pictures and services that may have a private address (``MUSCLE_ATLAS_TRUSTED_HOSTS``, separated by
    commas)."""
    services: Path | None = None
    """Table of the services that queries may call, in place of ours (``MUSCLE_ATLAS_SERVICES``)."""
    terms: Path | None = None
    """Folder of the slices of vocabularies (``MUSCLE_ATLAS_TERMS``, else in the user's data folder); none: no slice is
    read, and the tables of ours serve alone."""
    mirror: str | None = None
    """Where copies of the publishers' files are fetched from (``MUSCLE_ATLAS_TERMS_MIRROR``)."""

    @property
    def names(self) -> Names:
        """The names of this atlas."""
        return Names(self.base)


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises:
        ValueError: naming variable, value and mend, where one of them cannot be used.
    """
    base = environment.get("MUSCLE_ATLAS_BASE", default_base())
    if not _BASE.match(base):
        raise ValueError(
            f"MUSCLE_ATLAS_BASE is {base!r}: give an http(s) IRI that ends in a slash, such as {default_base()}"
        )
    return Settings(
        base=base,
        data=Path(environment.get("MUSCLE_ATLAS_DATA", "atlas-data")),
        language=_language(environment),
        trusted_hosts=_hosts(environment.get("MUSCLE_ATLAS_TRUSTED_HOSTS", "")),
        services=Path(table) if (table := environment.get("MUSCLE_ATLAS_SERVICES")) else None,
        terms=Path(folder) if (folder := environment.get("MUSCLE_ATLAS_TERMS")) else _own_terms(),
        mirror=_mirror(environment.get("MUSCLE_ATLAS_TERMS_MIRROR", "")),
    )


def _own_terms() -> Path:
    """Return the folder of the slices in the data folder of whoever runs this."""
    return platformdirs.user_data_path("muscle-atlas", appauthor=False) / "terms"


def _mirror(text: str) -> str | None:
    if text and not _MIRROR.match(text):
        raise ValueError(
            f"MUSCLE_ATLAS_TERMS_MIRROR is {text!r}: give an http(s) address, with neither query nor fragment"
        )
    return text or None


def _hosts(text: str) -> frozenset[str]:
    return frozenset(host.strip().lower() for host in text.split(",") if host.strip())


def _language(environment: Mapping[str, str]) -> Language:
    # The order of POSIX: LC_ALL over LC_MESSAGES over LANG.
    for variable in ("MUSCLE_ATLAS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(variable):
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"
