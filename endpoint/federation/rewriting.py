"""Federation: which services a query calls, decided before the query goes to a cage.

Oxigraph calls whatever stands behind ``SERVICE``, so no such word may reach it but those written here, each followed by
an address of the forwarder. The query is written anew from its tokens. Oxigraph's parser takes keywords without white
space around them and may see the beginning of a text, an IRI or a comment where ``tokens`` does not. Therefore the
letters of the word are broken up by an escape wherever they stand in a text or an IRI (in either the escape means the
same letters, anywhere else it is an error of syntax), comments are left out, and names that hold the letters are
written as IRIs. Variables keep them: no keyword can begin within one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from endpoint.federation.drafts import Draft, Rewritten
from endpoint.federation.services import Service, Services
from endpoint.federation.spelling import (
    break_letters,
    decode_iri,
    match_braces,
    mentions_service,
    read_prefixes,
    token_starts,
)
from endpoint.problems import ProblemError
from endpoint.query.tokens import Sort, Token, read_tokens

MOST_CALLS = 10
"""Places in a query from which services are called, and calls that are made for it."""
MOST_SIGNS = 2**17
"""Length of a query that is written anew: its tokens take some hundred bytes each, here and not in a cage."""

_LOCAL_ESCAPE = re.compile(r"\\([_~.\-!$&'()*+,;=/?#@%])")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Call:
    """A place in a query from which a service is called."""

    service: Service
    silent: bool
    within: str | None = None
    """What the service itself reads behind ``SERVICE``; such a place is part of a call of it, and never called."""

    @property
    def iri(self) -> str:
        """What stands in the query that the service gets."""
        return self.within or self.service.iri


def rewrite(query: str, services: Services, address: Callable[[Call], str]) -> Rewritten:
    """Return a query that calls allowed services only, each by an address.

    Args:
        query: what was asked.
        services: those that may be called.
        address: gives the address of a call.

    Raises:
        ProblemError: if another service is called, the query cannot be written without ambiguity, or is too long.
    """
    if len(query) > MOST_SIGNS:
        members = {"limit": "federated", "signs": MOST_SIGNS}
        raise ProblemError.of(413, "query-too-long-to-federate", members=members, signs=MOST_SIGNS)
    return _Writer(query, services, address).write()


class _Writer:
    def __init__(self, query: str, services: Services, address: Callable[[Call], str]) -> None:
        self._query = query
        self._services = services
        self._address = address
        self._tokens = list(read_tokens(query))
        self._starts = token_starts(self._tokens)
        self._prefixes = read_prefixes(self._tokens)
        self._closing = match_braces(self._tokens)
        self._draft = Draft(query)
        self._calls = 0
        self._copies = 0

    def write(self) -> Rewritten:
        self._copy(0, len(self._tokens), None, "")
        return self._draft.finish()

    def _copy(self, start: int, end: int, caller: Service | None, suffix: str) -> None:
        """Write the tokens from one place to another.

        Args:
            start: the first token.
            end: the token after the last.
            caller: the service that gets this part of the query.
            suffix: what is added to labels of blank nodes, which must not stand in two places.
        """
        at = start
        while at < end:
            token = self._tokens[at]
            if token.says("SERVICE"):
                at = self._write_call(at, end, caller, suffix)
                continue
            self._emit(self._safe(token, at, suffix), at)
            at += 1

    def _write_call(self, at: int, end: int, caller: Service | None, suffix: str) -> int:
        """Write a call, and return the token after it."""
        target = self._next(at, end)
        silent = target < end and self._tokens[target].says("SILENT")
        if silent:
            target = self._next(target, end)
        group = self._group(target, end)
        if group is None:
            raise self._unclear(at, "service-no-group")
        token = self._tokens[target]
        if token.sort is Sort.VARIABLE:
            self._write_choices(token, group, caller, silent=silent)
        else:
            call = self._decide(self._iri(token, target), caller, silent=silent)
            self._emit(self._keyword(call), at)
            self._copy(*group, call.service, suffix)
        return group[1]

    def _write_choices(self, variable: Token, group: tuple[int, int], caller: Service | None, *, silent: bool) -> None:
        """Write ``SERVICE ?variable`` as a union over the allowed services that the query names."""
        named = [iri for iri in self._named() if self._services.find(iri)]
        if not named:
            raise self._refusal("service-variable", variable=variable.text)
        before = " { "
        for iri in named:
            call = self._decide(iri, caller, silent=silent)
            self._copies += 1
            self._emit(
                f"{before}{{ VALUES {variable.text} {{ {break_letters(f'<{iri}>')} }}{self._keyword(call)}", group[0]
            )
            self._copy(*group, call.service, f"-{self._copies}")
            before = " } UNION "
        self._emit(" } } ", group[1] - 1)

    def _group(self, before: int, end: int) -> tuple[int, int] | None:
        """Return the first token of the group in braces behind a token, and the one after its last."""
        closing = self._closing.get(self._next(before, end), end)
        return (self._next(before, end), closing + 1) if closing < end else None

    def _decide(self, iri: str, caller: Service | None, *, silent: bool) -> Call:
        """Return the call of an IRI, if it is allowed."""
        self._calls += 1
        if self._calls > MOST_CALLS:
            raise ProblemError.of(422, "services-too-many", calls=MOST_CALLS)
        if caller and iri in caller.within:
            return Call(caller, silent, iri)
        if service := self._services.find(iri):
            return Call(service, silent)
        raise self._refusal("service-unknown", iri=iri)

    def _keyword(self, call: Call) -> str:
        return f" SERVICE {'SILENT ' if call.silent else ''}<{self._address(call)}> "

    def _refusal(self, name: str, **values: str) -> ProblemError:
        """Return why a service is not called, with those that are."""
        listed = ", ".join(f"{service.name} <{service.iri}>" for service in self._services.all)
        members = {"service": values["iri"]} if "iri" in values else {}
        return ProblemError.of(403, name if listed else f"{name}-none", members=members, listed=listed, **values)

    def _named(self) -> list[str]:
        """Return the IRIs that stand in the query other than behind SERVICE."""
        found: dict[str, None] = {}
        before: Token | None = None
        for at, token in enumerate(self._tokens):
            if token.sort is Sort.SPACE:
                continue
            behind = before is not None and (before.says("SERVICE") or before.says("SILENT"))
            if not behind and token.sort in (Sort.IRI, Sort.NAME):
                found.setdefault(self._iri(token, at, strict=False))
            before = token
        return list(found)

    def _iri(self, token: Token, at: int, *, strict: bool = True) -> str:
        """Return the IRI that a token stands for."""
        if token.sort is Sort.IRI:
            iri = decode_iri(token.text[1:-1])
            if strict and not _SCHEME.match(iri):
                raise self._unclear(at, "service-relative")
            return iri
        if token.sort is not Sort.NAME:
            raise self._unclear(at, "service-no-target")
        if not strict and token.text.partition(":")[0] not in self._prefixes:
            return token.text
        return decode_iri(self._expanded(token, at))

    def _expanded(self, token: Token, at: int) -> str:
        """Return a name as an IRI, the escapes of its prefix kept."""
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes:
            raise self._unclear(at, "service-prefix", prefix=prefix)
        return self._prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)

    def _safe(self, token: Token, at: int, suffix: str) -> str:
        """Return the text of a token without the letters of the keyword, but for variables."""
        text = token.text
        if token.sort is Sort.SPACE:
            return "" if text.startswith("#") else text
        if token.sort in (Sort.IRI, Sort.TEXT):
            return break_letters(text, token.sort)
        if token.sort is Sort.VARIABLE:
            return text
        if not mentions_service(text):
            return text + suffix if token.sort is Sort.BLANK else text
        if token.sort is Sort.NAME and not mentions_service(text.partition(":")[0]):
            return break_letters(f"<{self._expanded(token, at)}>")
        raise ProblemError.of(400, "service-letters", text=text)

    def _unclear(self, at: int, name: str, **values: str) -> ProblemError:
        start = self._starts[min(at, len(self._starts) - 1)]
        line = self._query.count("\n", 0, start) + 1
        column = len(self._query[self._query.rfind("\n", 0, start) + 1 : start].encode()) + 1
        members = {"line": line, "column": column}
        return ProblemError.of(400, name, members=members, line=line, column=column, **values)

    def _next(self, at: int, end: int) -> int:
        """Return the next token that is not white space."""
        at += 1
        while at < end and self._tokens[at].sort is Sort.SPACE:
            at += 1
        return at

    def _emit(self, text: str, at: int) -> None:
        self._draft.add(text, self._starts[at])
