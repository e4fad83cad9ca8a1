"""The verbs ``terms check`` and ``terms suggest``: tables of words that curators keep."""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape

from muscle_atlas.options import json_option, terms_option
from muscle_atlas.report import Printer, shown
from muscle_atlas.usage import StopError, usable_settings

if TYPE_CHECKING:
    from etl.suggestions import Unresolved
    from muscle_atlas.settings import Settings
    from muscle_atlas.terms.curation.integrity import Findings
    from muscle_atlas.terms.curation.mapping_sets import Flaw
    from muscle_atlas.terms.curation.mappings import Mappings
    from muscle_atlas.terms.curation.proposals import Proposal, Written
    from muscle_atlas.terms.words.shelf import Shelf

_DRAW = "uv run python scripts/draw_vocabulary.py"
_FIX = "muscle-atlas terms check --fix"


@click.command(short_help="Tell what is wrong in tables of words, and mend it.")
@click.argument("files", metavar="[FILE…]", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--fix", is_flag=True, help="Sort, complete labels and headers, put what was decided where it belongs.")
@terms_option
@json_option
def check(files: tuple[Path, ...], terms: Path | None, *, fix: bool, as_json: bool) -> None:
    """Tell what is wrong in tables of words (SSSOM): those given, else ours and those of MUSCLE_ATLAS_MAPPINGS.

    Exit codes: 0 nothing is wrong; 1 something is; 2 wrong usage or unreadable file.

    \b
    Example:
      muscle-atlas terms check --fix
    """
    from muscle_atlas.terms.curation.integrity import check as check_tables  # noqa: PLC0415
    from muscle_atlas.terms.curation.mappings import Mappings  # noqa: PLC0415
    from muscle_atlas.terms.curation.mending import mend  # noqa: PLC0415

    settings = usable_settings()
    printer = Printer(settings.language)
    mappings = Mappings.beside(settings.mappings)
    folder = terms or settings.terms
    mended: list[Path] = []
    with _stopping(printer):
        found = check_tables(mappings, settings.names, folder, files)
        if fix:
            mended = mend(found.tables, settings.names, folder)
            # A table whose rows have all been put elsewhere is gone.
            left = [path for path in files if path.exists()]
            found = check_tables(mappings, settings.names, folder, [*left, *(path for path in mended if path.exists())])
    if as_json:
        click.echo(json.dumps(_as_json(found, mended, printer), ensure_ascii=False))
    else:
        _print(found, mended, printer)
    sys.exit(int(bool(found.flaws)))


@click.command(short_help="Write candidates for words that records hold and nobody knows.")
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder of your tables; candidates go into DIR/suggested.  [default: MUSCLE_ATLAS_MAPPINGS]",
)
@terms_option
@json_option
def suggest(records: tuple[Path, ...], into: Path | None, terms: Path | None, *, as_json: bool) -> None:
    """Write what the words of RECORDS that stand for nothing, or for several things, may mean: tables to be reviewed.

    To review is to edit. The ORCID of who decides goes into author_id; that alone believes the row. Not in
    predicate_modifier disbelieves it; 0 in confidence leaves it unsure. A row without author_id counts for nothing. A
    word that nothing was found for has sssom:NoTermFound: write its identifier there. Then “terms check --fix” puts
    each row where it belongs.

    What was decided is not offered again. Words that may identify a person are not written.

    Exit codes: 0 done; 2 wrong usage or unreadable input.

    \b
    Example:
      muscle-atlas terms suggest photographs.csv --into our-words
    """
    from etl.suggestions import collect  # noqa: PLC0415
    from muscle_atlas.terms.words.shelf import Shelf  # noqa: PLC0415

    settings = usable_settings()
    printer = Printer(settings.language)
    folder = into or settings.mappings
    if folder is None:
        raise StopError(printer.say("suggest_nowhere"))
    mappings = usable_mappings(settings, printer, into)
    with _stopping(printer):
        shelf = Shelf.of_folder(terms or settings.terms, mappings)
        collected = collect(records, settings, shelf)
        if collected.problems:
            printer.problems(collected.problems)
            raise StopError(printer.say("suggest_unreadable"))
        written = _write(folder, collected.unresolved, shelf, settings, printer)
    if as_json:
        told = {
            "words": len(collected.unresolved),
            "withheld": collected.withheld,
            "tables": [{"file": str(one.path), "offered": one.offered, "undecided": one.waiting} for one in written],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    printer.line("suggested", count=len(collected.unresolved))
    for one in written:
        printer.line("suggested_into", file=escape(str(one.path)), offered=one.offered, undecided=one.waiting)
    if collected.withheld:
        places = ", ".join(dict.fromkeys(collected.withheld))
        printer.line("suggest_withheld", count=len(collected.withheld), places=escape(shown(places, 1_000)))
    if any(one.waiting for one in written):
        printer.line("suggest_review", command=_FIX)


def tell(flaw: "Flaw", printer: Printer) -> str:
    """Return what is wrong at a place, and the command that mends it where there is one."""
    place = f"{flaw.path}:{flaw.line}" if flaw.line else str(flaw.path)
    message = printer.say(f"mapping_{flaw.rule}", value=shown(flaw.value), **flaw.told)
    return f"{place}: {message}" + (f" → {_command(flaw)}" if flaw.mendable else "")


def usable_mappings(settings: "Settings", printer: Printer, *more: Path | None) -> "Mappings":
    """Return our tables and those of the institute, after a look whether they can be read.

    Raises:
        StopError: if one of them cannot.
    """
    from muscle_atlas.terms.curation.integrity import MappingsError, refuse_unusable  # noqa: PLC0415
    from muscle_atlas.terms.curation.mappings import Mappings  # noqa: PLC0415

    mappings = Mappings.beside(settings.mappings, *more)
    try:
        with _stopping(printer):
            refuse_unusable(mappings, settings.names)
    except MappingsError as error:
        raise StopError(tell(error.flaw, printer)) from error
    return mappings


def _command(flaw: "Flaw") -> str:
    from muscle_atlas.rooms import MAPPINGS  # noqa: PLC0415

    return _DRAW if flaw.path.is_relative_to(MAPPINGS) else f"{_FIX} {flaw.path}"


def _print(found: "Findings", mended: list[Path], printer: Printer) -> None:
    for path in mended:
        printer.line("mapping_mended", file=escape(str(path)))
    for flaw in found.flaws:
        printer.text(tell(flaw, printer))
    for path, count, line in found.undecided:
        printer.line("mapping_undecided", file=escape(str(path)), count=count, line=line)
    rows = sum(len(placed.table.rows) for placed in found.tables)
    printer.line("mapping_checked", tables=len(found.tables), rows=rows, flaws=len(found.flaws))


def _as_json(found: "Findings", mended: list[Path], printer: Printer) -> dict[str, Any]:
    return {
        "tables": [str(placed.place.path) for placed in found.tables],
        "rows": sum(len(placed.table.rows) for placed in found.tables),
        "mended": [str(path) for path in mended],
        "flaws": [
            {
                "file": str(flaw.path),
                "line": flaw.line,
                "rule": flaw.rule,
                "value": flaw.value,
                "message": printer.say(f"mapping_{flaw.rule}", value=flaw.value, **flaw.told),
                "command": _command(flaw) if flaw.mendable else None,
            }
            for flaw in found.flaws
        ],
        "undecided": [{"file": str(path), "rows": count, "line": line} for path, count, line in found.undecided],
    }


def _write(
    folder: Path,
    unresolved: "list[Unresolved]",
    shelf: "Shelf",
    settings: "Settings",
    printer: Printer,
) -> "list[Written]":
    from muscle_atlas.terms.curation.mappings import PARTS, SUFFIX  # noqa: PLC0415
    from muscle_atlas.terms.curation.proposals import Proposals  # noqa: PLC0415

    proposals = Proposals(folder, shelf.mappings, settings.names)
    by_words: dict[str, list[Proposal]] = defaultdict(list)
    for one in unresolved:
        by_words[one.words] += _proposals(one, printer)
    there = [path.name.removesuffix(SUFFIX) for path in (folder / PARTS[-1]).glob(f"[!.]*{SUFFIX}")]
    written = (
        proposals.write(words, by_words.get(words, ()), _open(words, shelf, settings))
        for words in sorted({*by_words, *there})
    )
    return [one for one in written if one]


def _open(words: str, shelf: "Shelf", settings: "Settings") -> Callable[[str], bool]:
    from muscle_atlas.terms.words.lexicon import Lexicon  # noqa: PLC0415

    lexicon = Lexicon(words, settings.names, "en", shelf)
    return lambda word: (found := lexicon.find(word)) is None or found.identifier is None


def _proposals(one: "Unresolved", printer: Printer) -> "Iterator[Proposal]":
    from muscle_atlas.terms.curation.proposals import Proposal  # noqa: PLC0415

    rule = "suggest_ambiguous" if one.ambiguous else "suggest_unknown"
    comment = printer.say(rule, column=one.column, count=one.count, place=one.place)
    for candidate in one.candidates:
        # What is called so exactly may be any of them.
        confidence = 1 / len(one.candidates) if one.ambiguous else candidate.score / 100
        yield Proposal(one.word, candidate.identifier, candidate.label, confidence, comment)
    if not one.candidates:
        yield Proposal(one.word, None, "", None, comment)


@contextmanager
def _stopping(printer: Printer) -> Iterator[None]:
    from muscle_atlas.terms.slices import SliceError  # noqa: PLC0415

    try:
        yield
    except SliceError as error:
        raise StopError(printer.say("terms_slice", reason=error)) from error
    except OSError as error:
        raise StopError(printer.say("mapping_file", file=error.filename, reason=error.strerror)) from error
