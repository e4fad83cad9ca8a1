"""The demo: 5,009 photographs, of which the synthetic ones have the counts that the Atlas du muscle published."""

import subprocess
from collections.abc import Iterator

import httpx
import pytest
import rdflib

from muscle_atlas.questions import LANGUAGES, Question, read_questions

COUNTS = """
PREFIX ma: <https://w3id.org/muscle-atlas/ontology#>
PREFIX obo: <http://purl.obolibrary.org/obo/>
SELECT (COUNT(DISTINCT ?image) AS ?images) (COUNT(DISTINCT ?gene) AS ?genes) (COUNT(DISTINCT ?disease) AS ?diseases)
       (COUNT(DISTINCT ?family) AS ?families) (COUNT(DISTINCT ?muscle) AS ?muscles) (COUNT(DISTINCT ?stain) AS ?stains)
WHERE {
  GRAPH <https://w3id.org/muscle-atlas/graph/synthetic> {
    ?image a ma:Image ; ma:synthetic true .
    OPTIONAL { ?image ma:gene ?gene }
    OPTIONAL { ?image ma:disease ?disease }
    OPTIONAL { ?image ma:family ?family }
    OPTIONAL { ?image ma:muscle ?muscle }
    OPTIONAL { ?image ma:stain ?stain }
  }
}
"""

KINDS = """
PREFIX ma: <https://w3id.org/muscle-atlas/ontology#>
PREFIX obo: <http://purl.obolibrary.org/obo/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
SELECT ?kind (COUNT(DISTINCT ?image) AS ?images)
WHERE {
  { ?image ma:species obo:NCBITaxon_9606 ; ma:synthetic true BIND("patients" AS ?kind) }
  UNION { ?image ma:species ?animal ; ma:synthetic true FILTER(?animal != obo:NCBITaxon_9606) BIND("animals" AS ?kind) }
  UNION { ?image ma:technique/rdfs:subClassOf* obo:FBbi_00000256 ; ma:synthetic true BIND("electron" AS ?kind) }
  UNION { ?image a ma:Image BIND("every" AS ?kind) }
  UNION { ?image schema:contentUrl ?picture BIND("pictured" AS ?kind) }
}
GROUP BY ?kind
"""


@pytest.fixture(scope="module")
def demo(command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo, built from nothing."""
    folder = tmp_path_factory.mktemp("demo")
    process = subprocess.Popen(
        [*command, "demo", "--data", str(folder / "atlas"), "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if "http://" in line)
        yield line[line.index("http://") :].split()[0]
    finally:
        process.terminate()
        process.communicate(timeout=20)
        # The folder of another session would be kept, and this one is large.
        subprocess.run(["rm", "-rf", folder], check=True)


def ask(address: str, query: str) -> list[dict[str, str]]:
    answer = httpx.post(f"{address}sparql", data={"query": query}, timeout=60)
    assert answer.status_code == 200, answer.text
    return [{name: cell["value"] for name, cell in row.items()} for row in answer.json()["results"]["bindings"]]


def test_synthetic_photographs_have_the_published_counts(demo: str) -> None:
    [counts] = ask(demo, COUNTS)
    assert {name: int(count) for name, count in counts.items()} == {
        "images": 5006,
        "genes": 72,
        "diseases": 85,
        "families": 17,
        "muscles": 27,
        "stains": 57,
    }


def test_photographs_of_each_kind_are_as_many_as_published(demo: str) -> None:
    counts = {row["kind"]: int(row["images"]) for row in ask(demo, KINDS)}
    assert counts == {"patients": 4535, "animals": 471, "electron": 1540, "every": 5009, "pictured": 5006}


def test_published_photograph_is_described(demo: str) -> None:
    assert httpx.get(f"{demo}image/VLM-199-3.nt").status_code == 200


def test_page_of_a_synthetic_photograph_shows_its_picture(demo: str) -> None:
    page = httpx.get(f"{demo}image/SYN-00001.html")
    assert page.status_code == 200
    source = next(part for part in page.text.split('src="')[1:] if "media/" in part.partition('"')[0]).partition('"')[0]
    picture = httpx.get(httpx.URL(demo).join(source))
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/jpeg"


# What is asked of other endpoints cannot be asked here: that it parses is tested in test_queries.py.
@pytest.mark.parametrize(
    "question", [one for one in read_questions() if not one.services], ids=lambda question: question.name
)
def test_a_question_finds_something(demo: str, question: Question) -> None:
    # The server itself ends what takes longer.
    answer = httpx.get(f"{demo}api/queries/{question.name}", params={"timeout": 5}, timeout=60)
    assert answer.status_code == 200, answer.text
    if question.form == "select":
        assert answer.json()["results"]["bindings"]
    elif question.form == "ask":
        assert answer.json()["boolean"] is True
    else:
        assert len(rdflib.Graph().parse(data=answer.text, format="turtle")) > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_gives_names_in_the_language_asked(demo: str, language: str) -> None:
    answer = httpx.get(f"{demo}api/queries/photographs-per-species", params={"language": language})
    names = {row["speciesName"]["value"] for row in answer.json()["results"]["bindings"]}
    assert ({"en": "Mus musculus", "fr": "souris"}[language]) in names
