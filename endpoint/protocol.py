"""The SPARQL 1.1 protocol: queries by GET and both forms of POST."""

import io
import re
import traceback
from dataclasses import dataclass
from urllib.parse import parse_qsl

import anyio
import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.responses import Response

from endpoint.atlas import Atlas, OpenRelease
from endpoint.negotiation import PAGE, RDF_FORMS, RESULT_FORMS, Form, choose_form
from endpoint.pages import Pages
from endpoint.problems import ProblemError

router = APIRouter(tags=["sparql"])

AT_ONCE = 8
"""Queries that run at the same time; others wait for their turn, pages do not."""
FORM_TYPE = "application/x-www-form-urlencoded"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
LONGEST = 1_000_000
"""Bytes of the body of a request."""

LONGEST_QUERY = 50_000
"""Signs of a query: a chain of operators this long still fits on the stack of a thread."""

# An update begins with one of these, after its prologue.
_UPDATE = re.compile(
    r"^(?:\s|#[^\n]*\n|(?:BASE|PREFIX\s+\S*:)\s*<[^>]*>)*(?:INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b",
    re.IGNORECASE,
)
# Oxigraph's own client for SERVICE has no policy: whatever holds the word is refused before it is parsed. Its parser
# takes the keyword without white space around it ("1SERVICE<…>"), so that only the bare word is a safe sign.
_SERVICE = re.compile("service", re.IGNORECASE)
DEEPEST = 200
"""Nested brackets, and signs in a row, of a query: Oxigraph's parser is recursive, and its stack ends the process."""
_SIGNS = re.compile(rf"(?:[!+\-^]\s*){{{DEEPEST},}}")
# Texts, IRIs and comments hide nothing that a dataset clause could stand in.
_OPAQUE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\'|<[^<>"{}|^`\\\x00-\x20]*>|#[^\n\r]*',
    re.DOTALL,
)
_DATASET = re.compile(r"(?<![\w?$:])FROM\s*(?:NAMED\s*)?(?:<>|[\w.-]*:)", re.IGNORECASE)
_limiter = anyio.CapacityLimiter(AT_ONCE)


@dataclass(frozen=True)
class Question:
    """A query with its dataset, as the protocol hands it over."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    def ask(self, opened: OpenRelease) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Run the query; without a dataset it sees the union of all graphs.

        Raises:
            SyntaxError: if it is no query.
            ValueError: if a graph is no IRI.
        """
        told = bool(self.default_graphs or self.named_graphs)
        return opened.store.query(
            self.text,
            # A query with FROM names its own dataset; everybody else sees all graphs.
            use_default_graph_as_union=not told and not _has_dataset_clause(self.text),
            default_graph=[ox.NamedNode(iri) for iri in self.default_graphs] if told else None,
            named_graphs=[ox.NamedNode(iri) for iri in self.named_graphs] if told else None,
        )


@router.head("/sparql", include_in_schema=False)
@router.get("/sparql", summary="Ask a SPARQL query")
async def get(request: Request) -> Response:
    """Answer the query in the parameter ``query``; for browsers without one, show a form."""
    parameters = request.query_params.multi_items()
    if not any(name in ("query", "update") for name, _ in parameters):
        if choose_form(request.headers.get("accept"), (*RESULT_FORMS, PAGE)) is PAGE:
            pages: Pages = request.app.state.pages
            return pages.editor(request)
        raise ProblemError(400, "The parameter “query” is missing.", "Send /sparql?query=… or POST the query.")
    return await _answer(request, _question(parameters))


@router.options("/sparql", include_in_schema=False)
async def options() -> Response:
    """Tell the methods that can be used."""
    return Response(status_code=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})


@router.post("/sparql", summary="Ask a SPARQL query")
async def post(request: Request) -> Response:
    """Answer the query in the body: a form, or the query itself."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (FORM_TYPE, QUERY_TYPE, UPDATE_TYPE):
        raise ProblemError(
            415,
            f"The content type {kind!r} cannot be read." if kind else "The content type of the body is missing.",
            f"Send {FORM_TYPE} or {QUERY_TYPE}.",
        )
    if kind == UPDATE_TYPE:
        raise _read_only()
    body = await _body(request)
    if kind == FORM_TYPE:
        return await _answer(request, _question(parse_qsl(body, keep_blank_values=True)))
    parameters = [(name, value) for name, value in request.query_params.multi_items() if name != "query"]
    return await _answer(request, _question([*parameters, ("query", body)]))


async def _body(request: Request) -> str:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LONGEST:
            raise ProblemError(413, f"The body is longer than {LONGEST} bytes.", "Ask in smaller steps.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(400, f"The body is not UTF-8 at byte {error.start}.", "Send UTF-8.") from error


def _question(parameters: list[tuple[str, str]]) -> Question:
    def all_of(wanted: str) -> tuple[str, ...]:
        return tuple(value for name, value in parameters if name == wanted)

    if all_of("update"):
        raise _read_only()
    queries = all_of("query")
    if len(queries) != 1:
        told = "is missing" if not queries else "stands there more than once"
        raise ProblemError(400, f"The parameter “query” {told}.", "Send exactly one query.")
    if _UPDATE.match(queries[0]):
        raise _read_only()
    if _SERVICE.search(queries[0]):
        raise ProblemError(
            403,
            "This endpoint does not call others: SERVICE is refused, wherever the word stands in a query.",
            "Ask the other endpoint yourself, and join the answers.",
        )
    if _is_too_deep(queries[0]):
        raise ProblemError(
            400, f"The query nests more than {DEEPEST} brackets or signs.", "Write it flatter, or ask in smaller steps."
        )
    if len(queries[0]) > LONGEST_QUERY:
        raise ProblemError(413, f"The query is longer than {LONGEST_QUERY} signs.", "Ask in smaller steps.")
    return Question(queries[0], all_of("default-graph-uri"), all_of("named-graph-uri"))


def _has_dataset_clause(text: str) -> bool:
    plain = _OPAQUE.sub(lambda found: "<>" if found[0].startswith("<") else " ", text)
    return _DATASET.search(plain) is not None


def _is_too_deep(text: str) -> bool:
    depth = deepest = 0
    for sign in text:
        if sign in "{([":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "})]":
            depth -= 1
    return deepest > DEEPEST or _SIGNS.search(text) is not None


def _read_only() -> ProblemError:
    return ProblemError(
        403,
        "The atlas is read-only over HTTP: updates are refused.",
        "Records come in by “muscle-atlas build RECORDS”, which validates them first.",
    )


async def _answer(request: Request, question: Question) -> Response:
    atlas: Atlas = request.app.state.atlas
    opened = atlas.current()
    accept = request.headers.get("accept")

    def run() -> tuple[Form, bytes]:
        results = question.ask(opened)
        try:
            graph = isinstance(results, ox.QueryTriples)
            form = choose_form(accept, (*(RDF_FORMS if graph else RESULT_FORMS), PAGE))
            if form is PAGE:
                pages: Pages = request.app.state.pages
                return form, pages.results(request, question.text, results, opened)
            return form, _serialise(results, form)
        except Exception as error:
            traceback.clear_frames(error.__traceback__)
            raise
        finally:
            # Results die in the thread that made them: a traceback must not carry them into another.
            del results

    try:
        form, content = await anyio.to_thread.run_sync(run, limiter=_limiter)
    except SyntaxError as error:
        raise _syntax_problem(error) from error
    except ValueError as error:
        raise ProblemError(400, str(error), "Correct the IRI of the graph.") from error
    except OSError as error:
        raise ProblemError(500, f"The store could not answer: {error}", "Try again later.") from error
    return Response(
        content,
        media_type=form.media_type,
        headers={"Vary": "Accept", "X-Muscle-Atlas-Release": opened.release.version},
    )


def _serialise(results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, form: Form) -> bytes:
    out = io.BytesIO()
    if isinstance(results, ox.QueryTriples):
        assert isinstance(form.serializer, ox.RdfFormat)  # noqa: S101 - chosen from RDF_FORMS
        results.serialize(out, format=form.serializer)
    else:
        assert isinstance(form.serializer, ox.QueryResultsFormat)  # noqa: S101 - chosen from RESULT_FORMS
        results.serialize(out, format=form.serializer)
    return out.getvalue()


_PLACE = re.compile(r"(?:error )?at (\d+):(\d+): ")


def _syntax_problem(error: SyntaxError) -> ProblemError:
    told = str(error)
    place = _PLACE.match(told)
    detail = f"Syntax error at line {place[1]}, column {place[2]}: {told[place.end() :]}" if place else told
    return ProblemError(400, f"{detail}.", "Correct the query there; every prefix must be declared.")
