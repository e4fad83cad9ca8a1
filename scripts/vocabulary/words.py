"""Words and what they stand for, as SSSOM tables with a literal subject."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from muscle_atlas.folding import fold
from muscle_atlas.tables import Table

from .tables import read_sources, write_table

PREFIXES: Path = Path(__file__).parents[2] / "ontology" / "prefixes.json"
COLUMNS = (
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "object_match_field",
    "mapping_justification",
    "comment",
)
TIERS = ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel")
PREFERRED, ALTERNATIVE, FORMER = TIERS
LEXICAL, CURATED = "semapv:LexicalMatching", "semapv:ManualMappingCuration"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """`subject` stands for `object_id`; `tier` says what kind of name of the object it is."""

    subject: str
    object_id: str
    object_label: str
    tier: str
    justification: str = LEXICAL
    comment: str = ""

    @property
    def pair(self) -> Pair:
        """What no other row may repeat: the folded subject and the object."""
        return fold(self.subject), self.object_id

    def cells(self) -> list[str]:
        """Return the row as written."""
        return [
            self.subject,
            "skos:exactMatch",
            self.object_id,
            self.object_label,
            self.tier,
            self.justification,
            self.comment,
        ]


def distinct(words: Iterable[Word], taken: Collection[Pair] = ()) -> list[Word]:
    """One word for each (folded subject, object), of the best tier, none of those already `taken`."""
    best: dict[Pair, Word] = {}
    for word in sorted(words, key=lambda w: (TIERS.index(w.tier), w.subject)):
        if word.pair not in taken:
            best.setdefault(word.pair, word)
    return list(best.values())


def curie_map(curies: Iterable[str]) -> dict[str, str]:
    """Prefix -> namespace for the given CURIEs, from `ontology/prefixes.json`."""
    known = {entry["prefix"]: entry["uri_prefix"] for entry in json.loads(PREFIXES.read_text(encoding="utf-8"))}
    return {prefix: known[prefix] for prefix in sorted({curie.partition(":")[0] for curie in curies})}


def mapping_heading(name: str, objects: Iterable[str]) -> list[str]:
    """Return the YAML heading of a drawn mapping set, each line behind `#`."""
    sources = read_sources()
    table = sources["mappings"][name]
    release = sources["release"][table["release"]]
    objects_from = table.get("object_release", table["release"])
    graphs = set(Table(PREFIXES.parent / "graphs.tsv").rows["graph"])
    lines = ["curie_map:"]
    prefixes = curie_map([*objects, "graph:x", "semapv:x", "skos:x"])
    lines += [f"  {prefix}: {namespace}" for prefix, namespace in prefixes.items()]
    lines += [
        f"mapping_set_id: {sources['mapping_sets']}{name}",
        f"mapping_set_title: {json.dumps(table['title'], ensure_ascii=False)}",
    ]
    if "description" in table:
        lines.append(f"mapping_set_description: {json.dumps(table['description'], ensure_ascii=False)}")
    lines += [
        f'mapping_set_version: "{release["version"]}"',
        f"mapping_date: {sources['mapping_date']}",
        f"license: {release['licence_url']}",
        "creator_label:",
        "  - Muscle Atlas",
        "subject_type: rdfs literal",
        # Words of a vocabulary that is a named graph are left to its release, where that is installed.
        *([f"subject_source: graph:{table['release']}"] if table["release"] in graphs else ()),
        f"object_source: graph:{objects_from}",
        f'object_source_version: "{sources["release"][objects_from]["version"]}"',
        "see_also:",
        f"  - {release['homepage']}",
    ]
    return ["#" + line for line in lines]


def write_words(path: Path, words: Collection[Word]) -> None:
    """Write a mapping set; the column `comment` is left out where no row has one."""
    rows = [word.cells() for word in words]
    columns = COLUMNS if any(word.comment for word in words) else COLUMNS[:-1]
    name = path.name.removesuffix(".sssom.tsv")
    header = mapping_heading(name, [word.object_id for word in words])
    write_table(path, header, columns, [row[: len(columns)] for row in rows], by=(0, 2))
