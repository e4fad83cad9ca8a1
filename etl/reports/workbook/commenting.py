"""The comments of one sheet with all that belongs to them: shapes, conversations, relations."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from etl.problems import SEVERITIES, Problem
from etl.read.workbook.package import relations
from etl.reports.workbook.archive import Copy, relative
from etl.reports.workbook.book import Book, unused
from etl.reports.workbook.comments import Cell, Comments, begun
from etl.reports.workbook.drawings import Identifiers, decode, encode, revise
from etl.reports.workbook.parts import Relations, no_relations
from etl.reports.workbook.places import Placed
from etl.reports.workbook.sheets import Marking
from etl.reports.workbook.speech import Run, Speech
from etl.reports.workbook.styles import Styles
from etl.reports.workbook.threads import Threads

LIMIT = 10_000
"""Comments of a sheet; programs draw a shape for each, and take minutes to open many more."""


@dataclass
class Writers:
    """What the sheets of a workbook share while they are written."""

    copy: Copy
    styles: Styles
    identifiers: Identifiers
    ours: str | None
    """Who we are among those who take part in conversations; None where there are none."""


@dataclass
class CommentedSheet:
    """A sheet that is written anew."""

    book: Book
    name: str
    placed: Placed
    speech: Speech
    uncommented: int = 0
    """Cells that are only coloured, since there are too many."""
    full: list[Cell] = field(default_factory=list)
    """Cells whose comment has no room for what is told."""

    def __post_init__(self) -> None:
        """Choose the cells that get a comment, and name the parts that are added."""
        self.part = self.book.sheets[self.name]
        self._related = self.book.source.related(self.part)
        self._taken = {relation.id for relation in self._related}
        self._relations: dict[str, tuple[str, str]] = {}
        cells = [(row, place) for row, places in self.placed.told.items() for place in places]
        if len(cells) > LIMIT:
            marks = self.placed.marks()
            cells.sort(key=lambda cell: (SEVERITIES.index(marks[cell[0]][cell[1]]), cell))
            self.uncommented = len(cells) - LIMIT
        self._told = {(row, place): self._runs(self.placed.told[row][place]) for row, place in cells[:LIMIT]}
        self._comments = self._part_of("comments")
        self.added: dict[str, str] = {}
        """Parts that are added, with their kinds."""
        if self._told and self._comments is None:
            self._comments = self.book.name_part("comments")
            self.added[self._comments] = "comments"
            self._relate("comments", self._comments)
        if self._told:
            self._shapes = self.book.name_part("vmlDrawing")
            self.added[self._shapes] = "vmlDrawing"

    def write(self, writers: Writers) -> None:
        """Write the sheet and what belongs to it.

        Raises:
            DAMAGES: if one of its parts is damaged.
        """
        offered = unused(self._taken) if self._told else ""
        marking = Marking(self.placed.marks(), writers.styles, shapes=offered, relations=self.book.namespace)
        writers.copy.splice(self.part, marking)
        if self._comments is not None:
            comments = self._write_comments(writers.copy, self._comments)
            if marking.shapes is not None:
                self._write_shapes(writers, comments.cells, marking.shapes, offered)
        if writers.ours and (threads := self._part_of("threadedComment")):
            writers.copy.splice(threads, Threads(self._told, writers.ours))
        if self._relations:
            part = relations(self.part)
            with writers.copy.opened(part) as stream:
                chunks = self.book.source.chunks(part) if part in self.book.source else [no_relations()]
                Relations(self._relations).copy(chunks, stream)

    def _write_comments(self, copy: Copy, part: str) -> Comments:
        shortened = self.speech.say("shortened", sheet=self.speech.say("sheet"))
        comments = Comments(self._told, (f"{shortened}\n", False))
        source = self.book.source
        with copy.opened(part) as stream:
            comments.copy(source.chunks(part) if part in source else [begun(self.book.index.namespace)], stream)
        self.full = comments.full
        return comments

    def _write_shapes(self, writers: Writers, cells: set[Cell], relation: str, offered: str) -> None:
        """Write the shapes of all comments, into the part that the sheet names or a new one."""
        part = next((related.target for related in self._related if related.id == relation), None)
        before = None if part is None else decode(self.book.source.read(part))
        if part is None:
            part = self._shapes
            self._relations[offered] = (self.book.type_of("vmlDrawing"), relative(self.part, part))
        with writers.copy.opened(part) as stream:
            stream.write(encode(revise(before, cells, self._told, writers.identifiers)))

    def _runs(self, problems: list[Problem]) -> list[Run]:
        """Return what the comment of a cell says: the worst first, each thing once."""
        ordered = sorted(problems, key=lambda problem: SEVERITIES.index(problem.severity))
        told: Mapping[tuple[Run, ...], None] = dict.fromkeys(tuple(self.speech.comment(one)) for one in ordered)
        return [run for runs in told for run in runs]

    def _part_of(self, kind: str) -> str | None:
        found = (relation.target for relation in self._related if relation.kind == kind)
        return next((part for part in found if part in self.book.source), None)

    def _relate(self, kind: str, part: str) -> None:
        self._relations[unused(self._taken)] = (self.book.type_of(kind), relative(self.part, part))
