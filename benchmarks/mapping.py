"""The same description for another engine: an RML mapping made from ``mappings/graph.tsv``, and the tables it reads."""

import json
from pathlib import Path
from string import Template

import polars as pl

from etl.describe.records import IRI, STRING, TERM, TEXT, lexical, united_tables
from etl.resolve.records import Resolved
from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.tables import Table

_ROOM = Path(__file__).parent


def write_mapping(resolved: Resolved, names: Names, folder: Path) -> Path:
    """Write the mapping and its tables to ``folder``, and return the path of the mapping.

    RML reads flat tables: a column of lists is laid out one value a row, in a file of its own. Values are written as
    the graph will hold them, so that nothing is left to the engine but to make triples.
    """
    tables = united_tables(resolved, names)
    for name, table in tables.items():
        flat = [column for column, dtype in table.schema.items() if not isinstance(dtype, pl.List)]
        _write(table.select(flat), folder / f"{name}.parquet")
    line = Template((_ROOM / "mapping-line.ttl.template").read_text(encoding="utf-8"))
    objects = json.loads((_ROOM / "mapping-objects.json").read_text(encoding="utf-8"))
    parts = [(_ROOM / "mapping-head.ttl").read_text(encoding="utf-8")]
    for number, (name, subject, predicate, target, kind) in enumerate(Table(MAPPINGS / "graph.tsv").rows.iter_rows()):
        source = folder / f"{name}.parquet"
        if kind != TERM and isinstance(tables[name].schema[target], pl.List):
            source = folder / f"{name}-{subject}-{target}.parquet"
            _write(tables[name].select(subject, target, "g").explode(target), source)
        form, word = _form(kind, names)
        value = names.expand(target) if kind == TERM else target
        parts.append(
            line.substitute(
                number=number,
                source=source,
                subject=subject,
                predicate=names.expand(predicate),
                object=Template(objects[form]).substitute(value=value, kind=word),
            )
        )
    mapping = folder / "mapping.ttl"
    mapping.write_text("".join(parts), encoding="utf-8")
    return mapping


def _write(table: pl.DataFrame, path: Path) -> None:
    texts = [lexical(column, dtype).alias(column) for column, dtype in table.schema.items() if column != "g"]
    table.select(*texts, pl.col("g").str.strip_chars("<>").alias("named_graph")).write_parquet(path)


def _form(kind: str, names: Names) -> tuple[str, str]:
    if kind in (TERM, IRI, STRING):
        return kind, ""
    if kind.startswith(TEXT):
        return TEXT, kind.removeprefix(TEXT)
    return "datatype", names.expand(kind)
