"""The tokens of a SPARQL query: what is text, IRI or comment in it, and what is grammar.

Terminals are those of the SPARQL 1.1 grammar (https://www.w3.org/TR/sparql11-query/#rQueryUnit and following), a little
wider where a wider one does no harm: the query is parsed by Oxigraph, this only finds places in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_NAME_START = r"[^\W\d_]"
_PREFIX = rf"{_NAME_START}(?:[\w.\-·]*[\w\-·])?"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[\w:]|{_ESCAPED})(?:(?:[\w:.\-·]|{_ESCAPED})*(?:[\w:\-·]|{_ESCAPED}))?"

_TOKEN = re.compile(
    rf"""
    (?P<space>[\x20\t\r\n]+|\#[^\r\n]*)
  | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
  | (?P<text>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
            |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<blank>_:[\w](?:[\w.\-·]*[\w\-·])?)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<name>(?:{_PREFIX})?:(?:{_LOCAL})?)
  | (?P<word>{_NAME_START}\w*)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Sort(StrEnum):
    """What a token is; values are the names of groups."""

    SPACE = "space"
    IRI = "iri"
    TEXT = "text"
    VARIABLE = "variable"
    BLANK = "blank"
    LANGUAGE = "language"
    NAME = "name"
    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; all pieces together are the query."""

    sort: Sort
    text: str

    def says(self, word: str) -> bool:
        """Tell whether this is a keyword, whatever its case."""
        return self.sort is Sort.WORD and self.text.upper() == word


def read_tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query, white space and comments among them."""
    for found in _TOKEN.finditer(query):
        assert found.lastgroup is not None  # noqa: S101 - every alternative has a name
        yield Token(Sort(found.lastgroup), found[0])


def has_dataset_clause(query: str) -> bool:
    """Tell whether a query names its own dataset by ``FROM``; asked in a cage, for a long query takes seconds."""
    if "from" not in query.lower():
        return False
    before = None
    for token in read_tokens(query):
        if token.sort is Sort.SPACE:
            continue
        named = token.says("NAMED") or token.sort in (Sort.IRI, Sort.NAME)
        if before is not None and before.says("FROM") and named:
            return True
        before = token
    return False


_FIRST_WORD = re.compile(
    r"""(?:[\x20\t\r\n]+|\#[^\r\n]*|(?:PREFIX|BASE)\b|[\w.\-]*:|<[^<>"{}|^`\x00-\x20]*>)*+(\w+)""",
    re.IGNORECASE,
)
"""The word behind the prologue of a query, found without tokens: a prologue may be as long as a body."""
_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"))


def is_update(query: str) -> bool:
    """Tell whether a text is an update: what comes after its prologue is one of the words that begin one."""
    first = _FIRST_WORD.match(query)
    return first is not None and first[1].upper() in _UPDATES


_CHANGING = ("RAND", "NOW", "UUID", "BNODE", "SERVICE")


def changes(query: str) -> bool:
    """Tell whether the same query may have another answer next time: it asks for chance, the clock or other servers.

    Such letters in a name, a text or a comment count, too: the answer is then merely not kept.
    """
    letters = query.upper()
    return any(word in letters for word in _CHANGING)
