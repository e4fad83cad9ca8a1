"""What a release says of itself: its Turtle description and its table of images."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl
import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, XSD

from etl.describe.united import unite_rows
from etl.describe.vocabulary import vocabulary_versions
from etl.privacy.summary import POLICY, Summary
from etl.read.records import Input
from etl.resolve.records import Resolved
from etl.withdraw.tombstones import Tombstone, describe_tombstones
from muscle_atlas import __version__
from muscle_atlas.names import Names
from muscle_atlas.rooms import ONTOLOGY
from muscle_atlas.tables import Table
from muscle_atlas.terms.slices import Slice

LINKED = (
    *(
        "disease",
        "gene",
        "family",
        "muscle",
        "stain",
        "target",
        "section",
        "technique",
        "structure",
        "species",
        "status",
    ),
    *("sex", "age_band", "inheritance", "variant", "finding", "publication", "licence"),
)
"""The short way on images, as columns of images.parquet that hold IRIs."""
_PLAIN = (
    "contribution",
    "age",
    "age_years",
    "gestational_weeks",
    "magnification",
    "pixel_size_um",
    "scale_bar_um",
    "synthetic",
    "caption_en",
    "caption_fr",
    "credit",
)

_PICTURE = ("picture", "thumbnail", "width", "height", "sha256", "format")
"""The picture of a photograph: null where the release has none of it."""


_POLICY_TITLES = {"en": "Policy of privacy {policy}", "fr": "Politique de confidentialité {policy}"}
_METADATA = "metadata"
"""The graph that this module describes a release in."""


@dataclass(frozen=True)
class Counts:
    """How many photographs a release took, rows it left out, triples it has of each graph, persons it singles out."""

    images: int
    rejected: int
    triples: Mapping[str, int]
    """Triples of each named graph by its IRI, those of the metadata left out: they are counted as they are written."""
    privacy: Summary
    contributions: Mapping[str, int] = field(default_factory=dict)
    """Photographs of each contribution, by its IRI."""


def describe_release(
    version: str,
    counts: Counts,
    inputs: list[Input],
    slices: Sequence[Slice],
    names: Names,
    *,
    tombstones: Iterable[Tombstone] = (),
) -> str:
    """Return the Turtle description of a release.

    Raises:
        SliceError: if a slice of a vocabulary cannot be read.
    """
    release = rdflib.URIRef(names.mint("release", version))
    graph = rdflib.Graph()
    for prefix in ("ma", "dcterms", "owl", "prov", "xsd", "dcat", "sd", "void"):
        graph.bind(prefix, names.prefixes[prefix])

    def term(curie: str) -> rdflib.URIRef:
        return rdflib.URIRef(names.expand(curie))

    def add(predicate: rdflib.URIRef, value: rdflib.term.Node) -> None:
        graph.add((release, predicate, value))

    add(RDF.type, term("ma:Release"))
    add(RDF.type, term("dcat:Dataset"))
    add(DCTERMS.title, rdflib.Literal(f"Muscle Atlas, release {version}", lang="en"))
    add(DCTERMS.title, rdflib.Literal(f"Atlas du muscle, version {version}", lang="fr"))
    add(OWL.versionInfo, rdflib.Literal(version))
    issued = datetime.now(UTC).isoformat(timespec="seconds")
    add(DCTERMS.issued, rdflib.Literal(issued, datatype=XSD.dateTime))
    add(DCTERMS.license, term("cc:licenses/by/4.0/"))
    add(term("ma:images"), rdflib.Literal(counts.images, datatype=XSD.integer))
    add(term("ma:rejected"), rdflib.Literal(counts.rejected, datatype=XSD.integer))
    _describe_privacy(graph, release, counts.privacy, names)
    add(DCTERMS.creator, rdflib.Literal(f"muscle-atlas {__version__}"))
    for given in inputs:
        add(DCTERMS.source, rdflib.Literal(f"sha256:{given.sha256}"))
    for contribution, images in counts.contributions.items():
        add(term("prov:wasDerivedFrom"), rdflib.URIRef(contribution))
        graph.add((rdflib.URIRef(contribution), term("ma:images"), rdflib.Literal(images, datatype=XSD.integer)))
    for vocabulary in vocabulary_versions(slices):
        table = rdflib.URIRef(names.mint("vocabulary", vocabulary["file"].removesuffix(".tsv")))
        add(term("prov:wasDerivedFrom"), table)
        graph.add((table, RDF.type, term("prov:Entity")))
        graph.add((table, DCTERMS.title, rdflib.Literal(vocabulary["title"], lang="en")))
        graph.add((table, OWL.versionInfo, rdflib.Literal(vocabulary["version"])))
        graph.add((table, DCTERMS.source, rdflib.Literal(vocabulary["source"])))
        graph.add((table, DCTERMS.rights, rdflib.Literal(vocabulary["licence"])))
        graph.add((table, DCTERMS.date, rdflib.Literal(vocabulary["date"])))
    for one in slices:
        add(term("prov:wasDerivedFrom"), _describe_slice(graph, one, names))
    describe_tombstones(tombstones, graph, names)
    for name, titles in _graphs().items():
        described = rdflib.URIRef(names.mint("graph", name))
        add(DCTERMS.hasPart, described)
        graph.add((described, RDF.type, term("sd:Graph")))
        for language, title in titles.items():
            graph.add((described, DCTERMS.title, rdflib.Literal(title, lang=language)))
        if name != _METADATA:
            _count(graph, described, counts.triples.get(str(described), 0), names)
    _count(graph, rdflib.URIRef(names.mint("graph", _METADATA)), len(graph) + 1, names)
    return graph.serialize(format="turtle")


def _describe_privacy(graph: rdflib.Graph, release: rdflib.URIRef, privacy: Summary, names: Names) -> None:
    """Say under which policy of privacy a release is published, and how many persons it singles out."""
    policy = rdflib.URIRef(names.mint("policy", POLICY))
    graph.add((release, DCTERMS.conformsTo, policy))
    graph.add((policy, RDF.type, DCTERMS.Policy))
    for language, title in _POLICY_TITLES.items():
        graph.add((policy, DCTERMS.title, rdflib.Literal(title.format(policy=POLICY), lang=language)))
    counts = {
        "ma:k": privacy.k,
        "ma:persons": privacy.persons,
        "ma:uniquePersons": privacy.published.unique,
        "ma:personsBelowK": privacy.published.below_k if privacy.k else None,
        "ma:suppressedPersons": privacy.suppressed,
    }
    for predicate, count in counts.items():
        if count is not None:
            graph.add((release, rdflib.URIRef(names.expand(predicate)), rdflib.Literal(count, datatype=XSD.integer)))


def _describe_slice(graph: rdflib.Graph, slice_: Slice, names: Names) -> rdflib.URIRef:
    """Say which release of a vocabulary a slice was made of, and of which files; return its IRI."""
    told = slice_.release
    of = rdflib.URIRef(names.mint("vocabulary", told["name"]))
    graph.add((of, RDF.type, rdflib.URIRef(names.expand("prov:Entity"))))
    graph.add((of, DCTERMS.title, rdflib.Literal(told["title"], lang="en")))
    graph.add((of, OWL.versionInfo, rdflib.Literal(told["version"])))
    graph.add((of, DCTERMS.date, rdflib.Literal(told["date"])))
    graph.add((of, DCTERMS.rights, rdflib.Literal(told["licence"])))
    graph.add((of, DCTERMS.license, rdflib.URIRef(told["licence_url"])))
    graph.add((of, DCTERMS.source, rdflib.Literal(told["source"])))
    graph.add((of, rdflib.URIRef(names.expand("foaf:homepage")), rdflib.URIRef(told["homepage"])))
    for file in slice_.files:
        made_of = rdflib.URIRef(names.mint("vocabulary", f"{told['name']}/{file.sha256}"))
        graph.add((of, rdflib.URIRef(names.expand("prov:wasDerivedFrom")), made_of))
        graph.add((made_of, RDF.type, rdflib.URIRef(names.expand("prov:Entity"))))
        graph.add((made_of, DCTERMS.title, rdflib.Literal(file.name)))
        graph.add((made_of, DCTERMS.date, rdflib.Literal(file.date)))
        graph.add((made_of, DCTERMS.identifier, rdflib.Literal(f"sha256:{file.sha256}")))
        size = rdflib.Literal(file.bytes, datatype=XSD.integer)
        graph.add((made_of, rdflib.URIRef(names.expand("dcat:byteSize")), size))
    return of


def _count(graph: rdflib.Graph, described: rdflib.URIRef, triples: int, names: Names) -> None:
    """Say how many triples a graph holds (VoID, https://www.w3.org/TR/void/#statistics)."""
    number = rdflib.Literal(triples, datatype=XSD.integer)
    graph.add((described, rdflib.URIRef(names.expand("void:triples")), number))


def _graphs() -> dict[str, dict[str, str]]:
    """Return the named graphs of a release with their titles."""
    rows = Table(ONTOLOGY / "graphs.tsv").rows
    return {name: {"en": english, "fr": french} for name, english, french in rows.iter_rows()}


def tabulate_images(resolved: Resolved, labels: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return one row an image: ids, the short way as IRIs (several values = list), labels beside.

    Args:
        resolved: the records of the release.
        labels: ``iri``, ``label_en``, ``label_fr`` of every linked term.
        names: the names of the atlas.
    """
    images = unite_rows(resolved.records, names).select(
        "image_id", "image", "individual", "specimen", *LINKED, *_PLAIN, *_PICTURE
    )
    labels = pl.concat(
        [labels, resolved.genes.select(pl.col("gene").alias("iri"), pl.col("symbol").alias("label_en")).unique()],
        how="diagonal",
    )
    for column in LINKED:
        for language in ("en", "fr"):
            label = f"label_{language}"
            known = labels.drop_nulls(label)
            named = pl.element() if isinstance(images.schema[column], pl.List) else pl.col(column)
            found = named.replace_strict(known["iri"], known[label], default=None, return_dtype=pl.String)
            labelled = pl.col(column).list.eval(found) if isinstance(images.schema[column], pl.List) else found
            images = images.with_columns(labelled.alias(f"{column}_{label}"))
    return images.sort("image_id")
