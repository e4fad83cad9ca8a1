"""Marking a workbook: its sheets and their comments, its formats, and the list of what is wrong."""

from collections.abc import Mapping, Sequence
from typing import IO

from etl.read.limits import written
from etl.read.references import letters
from etl.read.workbook.package import relations
from etl.reports.workbook.archive import CONTENT_TYPES, Copy, relative
from etl.reports.workbook.book import Book, default_styles, unused
from etl.reports.workbook.commenting import LIMIT, CommentedSheet, Writers
from etl.reports.workbook.drawings import Identifiers, decode
from etl.reports.workbook.index import Entry, Index, name_sheet
from etl.reports.workbook.overview import Overview
from etl.reports.workbook.parts import ContentTypes, Relations
from etl.reports.workbook.places import Placed
from etl.reports.workbook.speech import Speech
from etl.reports.workbook.stylesheet import Reading, Writing
from etl.reports.workbook.threads import Persons


class Annotation:
    """One workbook while it is marked."""

    def __init__(
        self, book: Book, tables: Mapping[str, Placed], speech: Speech, notes: Sequence[str], *, macros: bool
    ) -> None:
        """Plan what is written.

        Args:
            book: the workbook.
            tables: what is told of the cells of sheets, by their names.
            speech: what speaks to the reader.
            notes: what is to be said above the list.
            macros: whether macros are kept.

        Raises:
            NotReturnableError: if macros cannot be left out.
            DAMAGES: if one of the parts is damaged.
        """
        self._book = book
        self._speech = speech
        self._macros = macros
        self._left_out = book.signature_parts() | (set() if macros else book.macro_parts())
        self._notes = [*notes, *([speech.say("signed")] if book.signatures else [])]
        if book.macros and not macros:
            self._notes.append(speech.say("without_macros"))
        self._added: dict[str, str] = {}
        self._relations: dict[str, tuple[str, str]] = {}
        self._taken = {relation.id for relation in book.related}
        styles = book.part("styles")
        reading = Reading()
        reading.copy(book.source.chunks(styles) if styles else [default_styles()])
        self._styles = reading.styles
        self._styles_part = styles or self._add("styles")[0]
        self._new: Entry | None = None
        listed = book.sheets.get(book.index.ours or "")
        was_marked = listed is not None or self._styles.holds_ours
        if listed is not None:
            # It is written anew, without what a program has added to it.
            self._left_out.add(relations(listed).lower())
        self._listed = listed or self._add_list()
        self._sheets = [
            CommentedSheet(book, name, tables.get(name, Placed()), speech)
            for name, part in book.sheets.items()
            if part != listed and (name in tables or was_marked)
        ]
        for sheet in self._sheets:
            self._added |= sheet.added

    def write(self, file: IO[bytes], overview: Overview) -> None:
        """Write the marked workbook, with the list of all problems.

        Raises:
            OSError: if it cannot be written.
            DAMAGES: if one of its parts is damaged.
        """
        book, source = self._book, self._book.source
        overview.style(self._styles)
        with Copy(source, file) as copy:
            self._write_frame(copy)
            drawings = [decode(source.read(entry.filename)) for entry in source.entries if _is_drawing(entry.filename)]
            writers = Writers(copy, self._styles, Identifiers(drawings), self._write_persons(copy))
            for sheet in self._sheets:
                sheet.write(writers)
                self._note(sheet)
            with copy.opened(self._listed) as stream:
                overview.write(stream, book.index.namespace, self._notes)
            part = self._styles_part
            with copy.opened(part) as stream:
                Writing(self._styles).copy(source.chunks(part) if part in source else [default_styles()], stream)
            copy.copy_rest()

    def _write_frame(self, copy: Copy) -> None:
        """Write what tells which parts there are."""
        book = self._book
        types = ContentTypes(book.main, self._added, self._left_out, macros=self._macros)
        copy.splice(CONTENT_TYPES, types)
        for part in self._left_out:
            copy.leave_out(part)
        if book.signatures:
            copy.splice(relations(""), Relations({}, book.signatures))
        if self._new:
            copy.splice(book.main, Index(self._new, book.namespace))
        programs = [] if self._macros else [macro.id for macro in book.macros]
        if self._relations or programs:
            copy.splice(relations(book.main), Relations(self._relations, programs))

    def _add(self, kind: str) -> tuple[str, str]:
        """Add a part to the workbook; return its name and the identifier of the relation."""
        part = self._book.name_part(kind)
        identifier = unused(self._taken)
        self._added[part] = kind
        self._relations[identifier] = (self._book.type_of(kind), relative(self._book.main, part))
        return part, identifier

    def _add_list(self) -> str:
        part, identifier = self._add("worksheet")
        entries = self._book.index.sheets
        name = name_sheet(self._speech.say("sheet"), {entry.name.casefold() for entry in entries})
        self._new = Entry(name, identifier, max((entry.number for entry in entries), default=0) + 1)
        return part

    def _write_persons(self, copy: Copy) -> str | None:
        """Tell that we take part in conversations, if there are any; return who we are."""
        part = self._book.part("person")
        return copy.splice(part, Persons()).ours if part and self._sheets else None

    def _note(self, sheet: CommentedSheet) -> None:
        if sheet.uncommented:
            values = {"count": written(sheet.uncommented), "limit": written(LIMIT)}
            self._notes.append(self._speech.say("comments_limit", sheet=sheet.name, **values))
        for row, place in sheet.full:
            self._notes.append(self._speech.say("comment_full", cell=f"{sheet.name}!{letters(place)}{row}"))


def _is_drawing(part: str) -> bool:
    return part.lower().endswith(".vml")
