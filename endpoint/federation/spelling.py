"""How a query is spelled: escapes, the letters of the keyword ``SERVICE``, prefixes, and which brace closes which."""

import re

from endpoint.query.tokens import Sort, Token

_LETTERS = re.compile("service", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def mentions_service(text: str) -> bool:
    """Tell whether the letters of ``SERVICE`` stand anywhere in a text."""
    return _LETTERS.search(text) is not None


def decode_iri(iri: str) -> str:
    """Return an IRI without escapes."""
    return _ESCAPE.sub(lambda found: _sign(found[1] or found[2]), iri)


def _sign(digits: str) -> str:
    code = int(digits, 16)
    # Half of a pair is no sign, and cannot be told to anybody.
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def break_letters(text: str, sort: Sort = Sort.IRI) -> str:
    """Return an IRI or a text with an escape for a letter of the keyword, and for what begins a comment elsewhere."""
    # Not for the first letter: a backslash may stand before it.
    safe = _LETTERS.sub(lambda found: f"{found[0][:3]}\\u{ord(found[0][3]):04x}{found[0][4:]}", text)
    return safe.replace("#", "\\u0023") if sort is Sort.IRI else safe


def token_starts(tokens: list[Token]) -> list[int]:
    """Return where in a query each token begins, and at last where the query ends."""
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token.text))
    return starts


def read_prefixes(tokens: list[Token]) -> dict[str, str]:
    """Return the prefixes that a query declares, as they stand there."""
    found: dict[str, str] = {}
    solid = [token for token in tokens if token.sort is not Sort.SPACE]
    for word, name, iri in zip(solid, solid[1:], solid[2:], strict=False):
        if word.says("PREFIX") and name.sort is Sort.NAME and name.text.endswith(":") and iri.sort is Sort.IRI:
            found[name.text[:-1]] = iri.text[1:-1]
    return found


def match_braces(tokens: list[Token]) -> dict[int, int]:
    """Return which brace closes which."""
    found: dict[int, int] = {}
    open_: list[int] = []
    for at, token in enumerate(tokens):
        if token.sort is not Sort.SIGN:
            continue
        if token.text == "{":
            open_.append(at)
        elif token.text == "}" and open_:
            found[open_.pop()] = at
    return found
