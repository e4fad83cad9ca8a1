"""Among which quads the faults of a rule on releases are, so that its query is asked of few."""

from collections.abc import Callable

import polars as pl

from etl.describe import quads
from muscle_atlas.names import Names

_DATED = r"#(?:date|dateTime|dateTimeStamp|time|gYear|gYearMonth|gMonth|gMonthDay|gDay)>$"
_NUMBERED = r"\d{6}|\d[-./_ ]\d"
"""What any date, and any number of a person, holds."""
_NOTES = ("rdfs:comment", "schema:comment", "skos:note", "skos:editorialNote")
_TO_SPECIES = ("ma:species", "obo:RO_0001000", "obo:RO_0002162")
_AGES = ("ma:age", "ma:ageAtBiopsy", "ma:ageYears")


def among(name: str, graph: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return the quads of a release among which the faults of a rule are (``ma:among``).

    Raises:
        KeyError: if there is no such choice.
    """
    return _CHOICES[name](graph, names)


def _of_records(graph: pl.DataFrame, names: Names) -> pl.DataFrame:
    graphs = [f"<{names.mint('graph', name)}>" for name in ("atlas", "synthetic")]
    return graph.filter(pl.col("g").is_in(graphs))


def _with(properties: tuple[str, ...], names: Names) -> pl.Expr:
    return pl.col("p").is_in([f"<{names.expand(curie)}>" for curie in properties])


def _aged(graph: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return ages with the species of whose they are: the same few ages are looked at again and again."""
    of_records = _of_records(graph, names)
    species = of_records.filter(_with(("ma:species",), names))
    ages = of_records.filter(_with(_AGES, names))
    told = ages.join(species.select("s", pl.col("o").alias("species")), on="s", how="left", maintain_order="left")
    first = told.unique(["p", "o", "species"], keep="first", maintain_order=True).drop("species")
    return pl.concat([first, species.join(first, on="s", how="semi")])


def _numbered(graph: pl.DataFrame, curie: str, names: Names) -> pl.DataFrame:
    return _of_records(graph, names).filter(_with((curie,), names), pl.col("o").str.contains(_NUMBERED))


def _identified(graph: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return identifiers with figures, and what leads from what they stand for to its species."""
    found = _numbered(graph, "dcterms:identifier", names)
    links = _of_records(graph, names).filter(_with(_TO_SPECIES, names))
    direct = links.join(found, on="s", how="semi")
    further = links.join(direct.select(pl.col("o").alias("s")), on="s", how="semi")
    return pl.concat([found, direct, further])


_CHOICES: dict[str, Callable[[pl.DataFrame, Names], pl.DataFrame]] = {
    "repeated": lambda graph, names: quads.repeated(graph),  # noqa: ARG005
    "blank": lambda graph, names: quads.blank(graph),  # noqa: ARG005
    "dated": lambda graph, names: _of_records(graph, names).filter(pl.col("o").str.contains(_DATED)),
    "noted": lambda graph, names: _of_records(graph, names).filter(_with(_NOTES, names)),
    "aged": _aged,
    "identified": _identified,
    "captioned": lambda graph, names: _numbered(graph, "schema:caption", names),
}
