"""A contribution: whose photographs these are, under which terms, and where its records and pictures lie."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Institution:
    """Where a person works."""

    name: str
    ror: str | None
    """ROR iD without its resolver, ``02mhbdp94``."""


@dataclass(frozen=True)
class Person:
    """Somebody who gave photographs."""

    name: str
    orcid: str | None
    """ORCID iD without its resolver."""
    affiliation: Institution | None


@dataclass(frozen=True)
class Declaration:
    """What one of the people declares, and when."""

    statement: str
    declared_by: Person
    date: str
    """Day, as ISO 8601 writes it."""


@dataclass(frozen=True)
class Terms:
    """What a contribution says of itself and of all its photographs."""

    language: str
    """Of title, description and statements: ``en`` or ``fr``."""
    title: str
    description: str | None
    date: str
    """Day, as ISO 8601 writes it."""
    licence: str
    """CURIE."""
    credit: str
    """Who is credited where a photograph does not say otherwise."""
    doi: str | None
    """CURIE."""
    contact: str
    """IRI, of a page or ``mailto:``."""
    people: tuple[Person, ...]
    consent: Declaration
    deidentification: Declaration


@dataclass(frozen=True)
class Contribution:
    """One folder with a ``contribution.yaml``."""

    place: str
    """Path of the file, as it is told."""
    sha256: str
    identifier: str
    """What its ids begin with; a stand-in where the file is refused."""
    records: tuple[Path, ...]
    images: Path | None
    """Folder of its pictures; None without any."""
    licence: str | None
    """As the file writes it, to be read as if it stood in empty cells; None where it cannot be."""
    terms: Terms | None
    """None where the file is refused, so that none of its photographs may be published."""
