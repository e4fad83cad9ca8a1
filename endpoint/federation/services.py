"""The services that queries may call by ``SERVICE``: the table ``services.tsv``, or the operator's."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

TABLE = Path(__file__).with_suffix(".tsv")
_COLUMNS = ("name", "iri", "also", "mirror", "within", "holds_en", "holds_fr", "homepage", "source")


class ServicesError(Exception):
    """The table of services cannot be used; the message says where, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Service:
    """A SPARQL service of somebody else."""

    name: str
    iri: str
    """What stands in a query, and what is called where there is no mirror."""
    also: tuple[str, ...] = ()
    """Other spellings that mean the same."""
    mirror: str = ""
    """Where it is called instead, such as a copy in a network of one's own."""
    within: frozenset[str] = frozenset()
    """What may stand behind ``SERVICE`` inside a call of it."""
    holds_en: str = ""
    holds_fr: str = ""
    homepage: str = ""
    source: str = ""

    @property
    def address(self) -> str:
        """Where it is called."""
        return self.mirror or self.iri


class Services:
    """The services of a table, in its order, and which hosts of theirs may have a private address."""

    def __init__(self, services: Iterable[Service], trusted: frozenset[str] = frozenset()) -> None:
        self.all = tuple(services)
        self.trusted = trusted
        self._by_iri = {iri: service for service in self.all for iri in (service.iri, *service.also)}

    @property
    def iris(self) -> tuple[str, ...]:
        """The name of each service in queries."""
        return tuple(service.iri for service in self.all)

    def find(self, iri: str) -> Service | None:
        """Return the service with exactly this IRI."""
        return self._by_iri.get(iri)


def read_services(path: Path | None = None, trusted: frozenset[str] = frozenset()) -> Services:
    """Read a table of services: tab-separated, one heading line, comments behind ``#``.

    Only ``name`` and ``iri`` need be filled; the columns stand in any order.

    Args:
        path: the table; ours, where it is not given.
        trusted: hosts that may have a private address.

    Raises:
        ServicesError: naming file, line, value and mend.
    """
    path = path or TABLE
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ServicesError(f"The services cannot be read from {path}: {told}. Check MUSCLE_ATLAS_SERVICES.") from error
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    rows = list(csv.reader((line for _, line in numbered), delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows:
        return Services((), trusted)
    heading = [name.strip() for name in rows[0]]
    for name in ("name", "iri"):
        if name not in heading:
            raise ServicesError(
                f"{path}:{numbered[0][0]}: there is no column {name!r}. There are: {', '.join(_COLUMNS)}."
            )
    found: dict[str, Service] = {}
    for (number, _), row in zip(numbered[1:], rows[1:], strict=True):
        service = _read_row(f"{path}:{number}", dict(zip(heading, (cell.strip() for cell in row), strict=False)))
        for iri in (service.iri, *service.also):
            if iri in found:
                raise ServicesError(f"{path}:{number}: {iri} stands there twice. Leave one of the two.")
            found[iri] = service
    return Services(dict.fromkeys(found.values()), trusted)


def _read_row(place: str, row: dict[str, str]) -> Service:
    also = tuple(row.get("also", "").split())
    mirror = row.get("mirror", "")
    for iri in (row.get("iri", ""), *also, *filter(None, [mirror])):
        _check(place, iri)
    return Service(
        name=row.get("name") or row["iri"],
        iri=row["iri"],
        also=also,
        mirror=mirror,
        within=frozenset(row.get("within", "").split()),
        holds_en=row.get("holds_en", ""),
        holds_fr=row.get("holds_fr", ""),
        homepage=row.get("homepage", ""),
        source=row.get("source", ""),
    )


def _check(place: str, iri: str) -> None:
    try:
        parts = urlsplit(iri)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
        usable = usable and (parts.port is None or parts.port > 0) and not parts.fragment
    except ValueError:
        usable = False
    if not usable or any(sign in iri for sign in '<>"{}|\\^` '):
        raise ServicesError(f"{place}: {iri!r} is no address of a service: give one of http(s), without a password.")
