"""The verb ``terms resolve``: what words stand for, and by which name of which source."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from muscle_atlas.curating import usable_mappings
from muscle_atlas.options import terms_option
from muscle_atlas.report import Printer, shown
from muscle_atlas.terms.words.kinds import read_kinds
from muscle_atlas.usage import StopError, usable_settings

if TYPE_CHECKING:
    from muscle_atlas.settings import Language, Settings
    from muscle_atlas.terms.words.resolver import Answer, Resolver

_STANDARD_INPUT = "-"


@click.command(short_help="Tell what words stand for, and why.")
@click.argument("words", metavar="WORD…", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(list(read_kinds())), help="Of what the words are names.  [default: any]")
@terms_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list, in the order asked.")
def resolve(words: tuple[str, ...], kind: str | None, terms: Path | None, *, as_json: bool) -> None:
    """Tell which identifier each WORD stands for; the word “-” takes one a line from standard input.

    A word that several things share is not accepted, and neither is one that only looks like a name: what may have been
    meant is told. Vocabularies that are not installed are stood in for by the tables of the program.

    Exit codes: 0 every word is accepted; 1 some are not; 2 wrong usage; 130 stopped by Ctrl-C.

    \b
    Example:
      muscle-atlas terms resolve SEPN1 "jumeau interne" --json
    """
    from muscle_atlas.terms.slices import SliceError  # noqa: PLC0415

    settings = usable_settings()
    printer = Printer(settings.language)
    accepted = True
    told = []
    try:
        resolver = _resolver(terms, settings, printer)
        for word in _words(words, printer):
            answer = resolver.resolve(word, kind)
            accepted = accepted and answer.match.identifier is not None
            if as_json:
                told.append(answer.as_json())
            else:
                _tell(answer, printer, settings.language)
    except SliceError as error:
        raise StopError(printer.say("terms_slice", reason=error)) from error
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    sys.exit(0 if accepted else 1)


def _resolver(given: Path | None, settings: "Settings", printer: Printer) -> "Resolver":
    from muscle_atlas.terms.words.resolver import Resolver  # noqa: PLC0415
    from muscle_atlas.terms.words.shelf import Shelf  # noqa: PLC0415

    if given is not None and not given.is_dir():
        raise StopError(printer.say("terms_no_folder", folder=given))
    shelf = Shelf.of_folder(given or settings.terms, usable_mappings(settings, printer))
    return Resolver(settings.names, settings.language, shelf)


def _words(words: tuple[str, ...], printer: Printer) -> Iterator[str]:
    for word in words:
        if word != _STANDARD_INPUT:
            yield word
            continue
        try:
            lines = sys.stdin.buffer.read().decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise StopError(printer.say("input_not_utf8", reason=error.reason)) from error
        yield from (line for line in lines if line.strip())


def _tell(answer: "Answer", printer: Printer, language: "Language") -> None:
    match = answer.match
    asked = escape(shown(match.word))
    if match.identifier:
        told = {"label": escape(answer.label or ""), "identifier": match.identifier}
        printer.line("resolved", asked=asked, kind=read_kinds()[str(answer.kind)].labels[language], **told)
        why = printer.say(f"match_{match.outcome}", name=escape(match.name), withdrawn=escape(str(match.withdrawn)))
        printer.line("resolved_by", why=why, source=escape(match.source))
        return
    printer.line("not_resolved", asked=asked, why=printer.say(f"match_{match.outcome}", name="", withdrawn=""))
    if answer.other:
        printer.line("not_a_muscle", other=escape(str(answer.other)))
    for one in match.candidates:
        printer.line("candidate", candidate=escape(str(one)), score=one.score)
