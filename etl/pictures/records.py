"""The pictures of records: what each row names is found, rendered, and told of where something is wrong."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from etl.pictures.derivatives import Derivatives
from etl.pictures.downloads import ADDRESS, Downloads
from etl.pictures.folder import Folder, OutsideError
from etl.pictures.formats import fits_suffix
from etl.pictures.guards import RefusedAddressError
from etl.pictures.table import JPEG, SCHEMA, Pictures
from etl.pictures.workers import render_files
from etl.problems import Rules
from etl.read.records import Records
from etl.resolve.values.answers import is_not_stated
from muscle_atlas.names import Names
from muscle_atlas.releases import media_path

Advance = Callable[[int, int], object]
"""Told how many pictures are done, and how many there are."""


def take_pictures(
    records: Records,
    folder: Path,
    derivatives: Derivatives,
    rules: Rules,
    names: Names,
    *,
    keep: bool,
    trusted: frozenset[str],
    advance: Advance,
) -> Pictures:
    """Find and render the picture that each row names.

    Args:
        records: the records as they were read.
        folder: where files are looked for.
        derivatives: the work folder.
        rules: the catalogue that problems are told from.
        names: the names of the atlas.
        keep: whether derivatives are kept, for a release or the next build.
        trusted: hosts that may have a private address.
        advance: told how far it is.

    Raises:
        OSError: if the work folder cannot be written.
    """
    derivatives.make()
    taking = _Taking(records, Folder(folder), rules, names)
    taking.find(Downloads(derivatives.downloads, trusted))
    sources = sorted(taking.rows_of)
    for done, (source, answer) in enumerate(render_files(sources, derivatives.folder, keep=keep), start=1):
        taking.answers[source] = answer
        advance(done, len(sources))
    return taking.tell()


class _Taking:
    """The pictures of records while they are taken."""

    def __init__(self, records: Records, folder: Folder, rules: Rules, names: Names) -> None:
        self._records = records
        self._folder = folder
        self._rules = rules
        self._names = names
        rows = records.table.filter(~pl.col("record").is_in(list(records.shifted)))
        self._rows: dict[int, dict[str, Any]] = {
            row["record"]: row
            for row in rows.select("record", "file", "row", "image_id", "image").iter_rows(named=True)
        }
        self._pictures = Pictures()
        self.rows_of: dict[Path, list[int]] = {}
        """Each file with the records that name it."""
        self.answers: dict[Path, Mapping[str, Any]] = {}

    def find(self, downloads: Downloads) -> None:
        """Find the file of each row, and tell of those that have none."""
        self._tell_unnamed()
        records_of: dict[str, list[int]] = {}
        for record, row in self._rows.items():
            if row["image"] is not None:
                records_of.setdefault(row["image"], []).append(record)
        addresses = [name for name in records_of if ADDRESS.match(name)]
        for name, found in downloads.fetch_all(addresses) if addresses else ():
            if isinstance(found, Path):
                self.rows_of.setdefault(found, []).extend(records_of[name])
                continue
            rule = "image-address-refused" if isinstance(found, RefusedAddressError) else "image-address-unreachable"
            self._tell(rule, records_of[name], reason=str(found))
        for name in set(records_of).difference(addresses):
            try:
                path = self._folder.find(name)
            except OutsideError:
                self._tell("image-path-outside", records_of[name])
                continue
            if path is None:
                nearest = list(self._folder.nearest(name))
                self._tell("image-file-missing", records_of[name], nearest, corrections=nearest)
            else:
                self.rows_of.setdefault(path, []).extend(records_of[name])
        self._tell_unused()

    def tell(self) -> Pictures:
        """Return the pictures, and what is to be told of them."""
        rows: list[tuple[Any, ...]] = []
        sources_of: dict[str, list[Path]] = {}
        for source, answer in sorted(self.answers.items()):
            records = sorted(self.rows_of[source])
            if "rule" in answer:
                self._tell(answer["rule"], records, **answer["bindings"])
                continue
            self._tell_doubts(answer, records)
            sources_of.setdefault(answer["picture"], []).append(source)
            iris = [self._names.base + media_path(answer[which]) for which in ("picture", "thumbnail")]
            plain = (answer["width"], answer["height"], answer["picture"], JPEG)
            rows += [(record, *iris, *plain) for record in records]
        for sources in sources_of.values():
            if len(sources) > 1:
                alike = sorted(record for source in sources for record in self.rows_of[source])
                self._tell_with_others("image-pixels-twice", alike)
        self._pictures.table = pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("record")
        return self._pictures

    def _tell_doubts(self, answer: Mapping[str, Any], records: list[int]) -> None:
        if len(records) > 1:
            self._tell_with_others("image-file-twice", records)
        doubtful = [record for record in records if not fits_suffix(self._file_name(record), answer["format"])]
        self._tell("image-file-suffix", doubtful, format=answer["format"].upper())
        if answer["shown"] < answer["held"]:
            self._tell("image-file-partly-shown", records, shown=answer["shown"], held=answer["held"])

    def _file_name(self, record: int) -> str:
        name: str = self._rows[record]["image"]
        return urlsplit(name).path if ADDRESS.match(name) else name

    def _tell_unnamed(self) -> None:
        """Tell of rows without a picture, once where the whole column is absent; not where the cell says so itself."""
        absent: set[str] = set()
        for record, row in self._rows.items():
            if row["image"] is not None and is_not_stated(row["image"], "image"):
                row["image"] = None
            elif row["image"] is None and "image" in self._records.headings[row["file"]]:
                self._tell("image-not-named", [record])
            elif row["image"] is None and row["file"] not in absent:
                absent.add(row["file"])
                self._pictures.problems.append(self._rules["image-not-named"].tell(file=row["file"], column="image"))

    def _tell_unused(self) -> None:
        used = {os.fspath(path) for path in self.rows_of}
        asked = self._folder.asked
        idle = [n for n, path in self._folder.files.items() if n not in asked and os.path.realpath(path) not in used]
        if idle:
            shown = [os.fsencode(name).decode("utf-8", "replace") for name in idle[:3]]
            problem = self._rules["image-files-unused"].tell(value=str(len(idle)), candidates=shown)
            self._pictures.problems.append(problem)

    def _tell_with_others(self, rule: str, records: list[int]) -> None:
        """Tell of rows that share something, each with the places of the others."""
        places = {record: f"{self._rows[record]['file']}:{self._rows[record]['row']}" for record in records}
        for record in records:
            self._tell(rule, [record], [place for other, place in places.items() if other != record][:3])

    def _tell(
        self,
        rule: str,
        records: Iterable[int],
        candidates: Iterable[str] = (),
        *,
        corrections: Sequence[str] = (),
        **bindings: object,
    ) -> None:
        """Tell a problem of the cell ``image`` of rows; a violation rejects them."""
        told = {name: str(value) for name, value in bindings.items()}
        names = list(candidates)
        for record in records:
            row = self._rows[record]
            problem = self._rules[rule].tell(
                file=row["file"],
                row=row["row"],
                column=self._records.headings[row["file"]].get("image", "image"),
                value=row["image"],
                candidates=names,
                bindings=told,
                corrections=corrections,
            )
            self._pictures.problems.append(problem)
            if problem.severity == "violation":
                self._pictures.rejected.add(record)
