"""Headers of mapping sets: made for new tables, completed for those that are there."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from muscle_atlas.names import Names
from muscle_atlas.rooms import MAPPINGS
from muscle_atlas.terms.curation.mapping_sets import MappingSet, read_mapping_set
from muscle_atlas.terms.curation.mappings import SUFFIX, Part

UNSPECIFIED = "sssom:license/unspecified"
"""Licence of a table whose keeper has not chosen one yet, as tools of SSSOM write it."""
_TITLES: dict[Part, str] = {
    "": "Words of our own ({words})",
    "disbelieved": "What words do not mean ({words})",
    "unsure": "What words may mean ({words})",
    "suggested": "What words may mean, to be reviewed ({words})",
}
_WITH_PREFIX = ("object_id", "predicate_id", "object_match_field", "mapping_justification", "author_id")


def new_header(words: str, part: Part, stem: str, names: Names) -> list[str]:
    """Return the header of a new table of an institute.

    Args:
        words: of what its words are, such as ``muscles``.
        part: where it lies.
        stem: its name without ``.sssom.tsv``.
        names: the base of the institute's IRIs.
    """
    ours = read_mapping_set(MAPPINGS / f"{words}{SUFFIX}").metadata
    today = datetime.now(UTC).date().isoformat()
    lines = [
        f"mapping_set_id: {names.mint('mappings', '/'.join(filter(None, (part, stem))))}",
        f'mapping_set_title: "{_TITLES[part].format(words=words)}"',
        f'mapping_set_version: "{today}"',
        f"mapping_date: {today}",
        f"license: {names.expand(UNSPECIFIED)}",
        "subject_type: rdfs literal",
        f"object_source: {ours['object_source']}",
        f'object_source_version: "{ours["object_source_version"]}"',
    ]
    return ["#curie_map:", *(f"#{line}" for line in lines)]


def complete(header: list[str], rows: Iterable[Mapping[str, str]], names: Names) -> list[str]:
    """Return a header with every prefix that its rows use in its ``curie_map``; one that has them all as it is."""
    known = names.prefixes
    used = {
        row.get(column, "").partition(":")[0] for row in rows for column in _WITH_PREFIX if ":" in row.get(column, "")
    }
    needed = (used | {"graph", "semapv", "skos"}) & known.keys() - {"sssom"}
    start = next((at for at, line in enumerate(header) if line.lstrip("# ").startswith("curie_map:")), None)
    if start is None:
        header, start = ["#curie_map:", *header], 0
    end = next((at for at in range(start + 1, len(header)) if not _is_prefix(header[at])), len(header))
    there = {line.lstrip("# ").partition(":")[0]: line for line in header[start + 1 : end]}
    if used & known.keys() - {"sssom"} <= there.keys():
        return header
    lines = {prefix: f"#  {prefix}: {known[prefix]}" for prefix in needed} | there
    return [*header[: start + 1], *(lines[prefix] for prefix in sorted(lines, key=str.casefold)), *header[end:]]


def _is_prefix(line: str) -> bool:
    return line.startswith(("#  ", "#\t", "# \t")) and ":" in line


def header_of(table: MappingSet | None, words: str, part: Part, stem: str, names: Names) -> list[str]:
    """Return the header of a table, or one for it where there is none yet."""
    return table.header if table and table.header else new_header(words, part, stem, names)
