"""Descriptions of everything the atlas names: a page or data, by content negotiation or suffix."""

from collections.abc import Sequence
from typing import Annotated

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response

from endpoint.atlas import Atlas, OpenRelease
from endpoint.languages import choose_language
from endpoint.negotiation import PAGE, RDF_FORMS, Form, choose_form, split_suffix
from endpoint.pages.pages import Pages
from endpoint.pages.rules import find_example, read_rules, read_sources
from endpoint.pages.stains import read_stains, write_csv
from endpoint.pages.withdrawn import GONE, choose_data, find_withdrawal
from endpoint.problems import ProblemError
from endpoint.query.questions import find_question
from muscle_atlas.rooms import MAPPINGS

router = APIRouter(tags=["linked data"])
FORMS = (PAGE, *RDF_FORMS)
TABLE = Form("text/csv", "csv", None)
MAPPING_TYPE = "text/tab-separated-values; charset=utf-8"


@router.head("/about", include_in_schema=False)
@router.get("/about", summary="Describe any linked term")
def about(request: Request, iri: Annotated[str, Query(description="IRI of the term")]) -> Response:
    """Describe a term of another vocabulary: a gene, a disease, a muscle."""
    return _describe(request, iri, None)


@router.head("/ontology", include_in_schema=False)
@router.get("/ontology", summary="The ontology")
@router.head("/ontology.{suffix}", include_in_schema=False)
@router.get("/ontology.{suffix}", include_in_schema=False)
def ontology(request: Request, suffix: str | None = None) -> Response:
    """Give the classes and properties that the atlas mints."""
    opened, pages = _served(request)
    form = _form(request, suffix)
    if form is PAGE:
        return pages.ontology(request, opened)
    return _graph(opened.construct("ontology"), form, opened)


@router.head("/shapes", include_in_schema=False)
@router.get("/shapes", summary="The rules")
@router.head("/shapes.{suffix}", include_in_schema=False)
@router.get("/shapes.{suffix}", include_in_schema=False)
def shapes(request: Request, suffix: str | None = None) -> Response:
    """Give every rule that records and graphs are held to, as a page or as SHACL."""
    opened, pages = _served(request)
    form = _form(request, suffix)
    if form is PAGE:
        return pages.rules(request, opened)
    return _graph(opened.construct("shapes"), form, opened)


@router.head("/shapes/examples/{concept}/{name:path}", include_in_schema=False)
@router.get("/shapes/examples/{concept}/{name:path}", summary="An example of a rule", response_class=Response)
def example(concept: str, name: str) -> Response:
    """Give a file that breaks a rule, or that breaks none."""
    path = find_example(concept, name)
    if path is None:
        raise ProblemError.of(404, "example-unknown", name=f"{concept}/{name}"[:100])
    # Broken on purpose, so that nothing is to be made of it but a file.
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


@router.head("/stain", include_in_schema=False)
@router.get("/stain", summary="The scheme of stains")
@router.head("/stain.{suffix}", include_in_schema=False)
@router.get("/stain.{suffix}", include_in_schema=False)
def stains(request: Request, suffix: str | None = None) -> Response:
    """Give the scheme of stains, as a page, as SKOS or as a table."""
    opened, pages = _served(request)
    form = _form(request, suffix, (*FORMS, TABLE))
    if form is PAGE:
        return pages.stains(request, opened)
    if form is TABLE:
        return Response(write_csv(opened), media_type=f"{TABLE.media_type}; charset=utf-8", headers={"Vary": "Accept"})
    return _graph(opened.construct("scheme"), form, opened)


@router.head("/query", include_in_schema=False)
@router.get("/query", summary="The example questions as a page or as RDF")
@router.head("/query.{suffix}", include_in_schema=False)
@router.get("/query.{suffix}", include_in_schema=False)
def questions(request: Request, suffix: str | None = None) -> Response:
    """Give every example question, as a page or as ``sh:SPARQLExecutable``."""
    opened, pages = _served(request)
    form = _form(request, suffix)
    if form is PAGE:
        return pages.questions(request, opened)
    return _graph(opened.construct("questions"), form, opened)


@router.head("/mappings/{name:path}", include_in_schema=False)
@router.get(
    "/mappings/{name:path}", summary="A table of words and the identifiers they stand for", response_class=Response
)
def mappings(name: str) -> Response:
    """Give one mapping set as SSSOM/TSV."""
    found = {
        path.relative_to(MAPPINGS).as_posix().removesuffix(".sssom.tsv"): path for path in MAPPINGS.rglob("*.sssom.tsv")
    }
    if name not in found:
        raise ProblemError.of(404, "mappings-unknown", name=name, known=", ".join(sorted(found)))
    return FileResponse(found[name], media_type=MAPPING_TYPE)


@router.head("/{path:path}", include_in_schema=False)
@router.get("/{path:path}", summary="Describe anything the atlas has named")
def describe(request: Request, path: str) -> Response:
    """Describe ``{base}{path}``: a photograph, a biopsy, a stain, a rule, a release."""
    opened, _ = _served(request)
    iri = opened.names.base + path
    if opened.knows(iri):
        return _describe(request, iri, None)
    stem, form = split_suffix(path, FORMS)
    return _describe(request, opened.names.base + stem, form)


def _describe(request: Request, iri: str, form: Form | None) -> Response:
    opened, _ = _served(request)
    if not opened.knows(iri):
        raise ProblemError.of(404, "nothing-said", iri=iri, release=opened.release.version)
    if problem := find_withdrawal(iri, opened):
        data = choose_data(request.headers.get("accept"), form)
        if data is None:
            raise problem
        return _graph(opened.construct("description", iri=iri), data, opened, GONE)
    form = form or choose_form(request.headers.get("accept"), FORMS)
    if form is PAGE:
        return _page(request, iri)
    return _graph(opened.construct("description", iri=iri), form, opened)


def _page(request: Request, iri: str) -> Response:
    opened, pages = _served(request)
    kind, _, name = iri.removeprefix(opened.names.base).partition("/")
    if kind == "stain" and (stain := read_stains(opened).get(iri)):
        return pages.stain(request, stain, opened)
    if kind == "rule" and (source := read_sources().get(name)):
        rules = read_rules(opened, choose_language(request))
        if rule := next((rule for rule in rules if rule.iri == iri), None):
            return pages.rule(request, rule, source, opened)
    if kind == "query" and (question := find_question(name)):
        return pages.question(request, question.localised(opened.names), opened)
    return pages.description(request, iri, opened)


def _graph(triples: ox.QueryTriples, form: Form, opened: OpenRelease, status: int = 200) -> Response:
    return Response(
        opened.serialise(triples, form),
        status,
        media_type=form.media_type,
        headers={"Vary": "Accept", "X-Muscle-Atlas-Release": opened.release.version},
    )


def _form(request: Request, suffix: str | None, forms: Sequence[Form] = FORMS) -> Form:
    if suffix is None:
        return choose_form(request.headers.get("accept"), forms)
    form = next((form for form in forms if form.suffix == suffix), None)
    if form is None:
        raise ProblemError.of(404, "form-unknown", suffix=suffix, known=", ".join(form.suffix for form in forms))
    return form


def _served(request: Request) -> tuple[OpenRelease, Pages]:
    atlas: Atlas = request.app.state.atlas
    pages: Pages = request.app.state.pages
    return atlas.current(), pages
