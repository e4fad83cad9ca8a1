"""Building: records to a published release, or to the report of why there is none."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from etl import loading, publish
from etl.contribute.conflicts import find_conflicts
from etl.contribute.folders import read_paths
from etl.contribute.provenance import trace
from etl.contribute.records import attach, folders_of_pictures
from etl.describe import quads
from etl.describe.records import describe_records
from etl.describe.release import Counts, describe_release, tabulate_images
from etl.describe.vocabulary import describe_vocabularies, fingerprint, labels
from etl.pictures.derivatives import WORK, Derivatives, used_digests
from etl.pictures.table import Pictures, digests
from etl.privacy.policy import Policy
from etl.privacy.protection import Protection, protect
from etl.privacy.published import published_report
from etl.privacy.telling import tell_steps
from etl.problems import Rules
from etl.read.columns import Columns
from etl.read.given import Given
from etl.read.records import Input, Records, read_records
from etl.reports.report import FailOn, Progress, Report, take_no_note
from etl.resolve.records import Resolved, resolve_records
from etl.validate.predicates import Predicates
from etl.validate.releases import ask_release_rules
from etl.validate.results import parse_quads, validate
from etl.validate.shapes import Shapes
from etl.validate.tell import Speaker, Told, tell_results
from etl.withdraw.returning import leave_out
from etl.withdraw.rewriting import AS_OF
from etl.withdraw.tombstones import Tombstone, Tombstones, read_tombstones
from etl.withdraw.withdrawal import finish
from muscle_atlas import __version__
from muscle_atlas.locks import locked
from muscle_atlas.names import Names
from muscle_atlas.releases import Release, list_releases
from muscle_atlas.settings import Settings
from muscle_atlas.terms.curation.integrity import refuse_unusable
from muscle_atlas.terms.curation.mappings import Mappings
from muscle_atlas.terms.slices import Slice, read_slices
from muscle_atlas.terms.words.shelf import Shelf


class MissingExtraError(Exception):
    """What reads pictures is not installed; the message gives the command that installs it."""


def build(
    files: Sequence[Given],
    settings: Settings,
    *,
    data: Path | None,
    images: Path | None = None,
    fail_on: FailOn = "violation",
    policy: Policy = Policy(),  # noqa: B008 - it is frozen
    progress: Progress = take_no_note,
) -> Report:
    """Build a release of exactly the records in ``files`` and publish it in ``data``.

    With ``data`` None everything is done but the publishing. With ``images`` the pictures that records name are looked
    for in that folder. ``policy`` says what of persons is published. Bad input raises nothing: it is told.

    Raises:
        BusyError: if another build writes to ``data``.
        SliceError: if an installed slice of a vocabulary cannot be read.
        MappingsError: if a table of words of the institute cannot be used.
        MissingExtraError: if pictures are asked for, and what reads them is not installed.
        TombstonesError: if what was taken back cannot be read.
        OSError: if ``data`` cannot be written.
    """
    mappings = Mappings.beside(settings.mappings)
    refuse_unusable(mappings, settings.names)
    with locked(data, "build") if data else nullcontext():
        # A withdrawal that was killed is carried out before anything else.
        tombstones = finish(data, settings.names) if data else read_tombstones(settings.data, settings.names)
        version = publish.next_version(data)
        with publish.staging(data, version) as staged:
            if data:
                publish.keep_mappings(mappings, staged)
            slices = publish.keep_terms(installed_slices(settings), staged) if data else installed_slices(settings)
            # The work folder lies beside releases, so that links lead from one to the other.
            work = (data or staged.folder) / WORK
            building = _Build(
                settings, staged, version, slices, tombstones=tombstones, policy=policy, progress=progress
            )
            return building.run(files, data, fail_on, images, work)


def check_in_memory(
    files: Sequence[Given],
    settings: Settings,
    *,
    fail_on: FailOn = "violation",
    progress: Progress = take_no_note,
) -> tuple[Report, Records]:
    """Do what ``build`` does with records and publish nothing: not a byte is written anywhere.

    The store of a build lies on disk, so that its memory stays bounded; here it grows with the records.

    Returns:
        The report, and the records as they were read.

    Raises:
        SliceError: if a slice of a vocabulary cannot be read.
        MappingsError: if a table of words of the institute cannot be used.
    """
    refuse_unusable(Mappings.beside(settings.mappings), settings.names)
    slices, none = installed_slices(settings), Tombstones({}, "")
    version = publish.next_version(None)
    check = _Build(settings, None, version, slices, tombstones=none, policy=Policy(), progress=progress)
    return check.run(files, None, fail_on, None, None), check.records


def _derivatives(work: Path) -> Derivatives:
    try:
        import requests  # noqa: F401, PLC0415

        from etl.pictures.rendering import recipe  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise MissingExtraError(
            f"--images needs what reads pictures, which is not here ({error}). "
            "Install it: pip install 'muscle-atlas[pictures]'"
        ) from error
    return Derivatives(work / recipe())


def input_fingerprint(inputs: Sequence[Input], settings: Settings, slices: Sequence[Slice]) -> str:
    """Return what a release depends on: records, our data files, vocabularies, the base IRI, the program's version.

    Raises:
        SliceError: if a slice cannot be read.
    """
    mappings = Mappings.beside(settings.mappings)
    records = ",".join(sorted(given.sha256 for given in inputs))
    return f"{__version__} {settings.base} {fingerprint(slices, mappings)} {records}"


def installed_slices(settings: Settings) -> list[Slice]:
    """Return the slices of the releases of vocabularies that are installed."""
    return read_slices(settings.terms) if settings.terms else []


class _Build:
    def __init__(
        self,
        settings: Settings,
        staged: Release | None,
        version: str,
        slices: list[Slice],
        *,
        tombstones: Tombstones,
        policy: Policy,
        progress: Progress,
    ) -> None:
        self.names: Names = settings.names
        self.policy = policy
        self.settings = settings
        self.slices = slices
        self.tombstones = tombstones
        self.staged = staged
        """Where everything is written; None where nothing is."""
        self.version = version
        self.progress = progress
        self.rules = Rules(self.names, settings.language)
        self.shapes = Shapes(self.names)
        self.shelf = Shelf(self.slices, Mappings.beside(settings.mappings))
        self.report = Report()
        self.unexplained = False
        """Whether a violation was found that no row explains, so that leaving rows out does not mend it."""
        self.started = time.perf_counter()

    def run(
        self,
        files: Sequence[Given],
        data: Path | None,
        fail_on: FailOn,
        images: Path | None,
        work: Path | None,
    ) -> Report:
        with self._phase("read"):
            delivery = read_paths(files, self.rules, self.names)
            self.records = records = attach(read_records(delivery.files, self.rules, Columns()), delivery)
        self.report.files, self.report.layouts = tuple(delivery.files), records.layouts
        self.report.digests = {given.path: given.sha256 for given in records.inputs}
        with self._phase("resolve"):
            resolved = resolve_records(
                records, self.rules, self.names, Columns(), self.shelf, pseudonyms=self.policy.pseudonyms
            )
            trace(resolved, delivery.contributions, self.names)
            records, resolved = leave_out(records, resolved, self.tombstones, self.rules, self.names)
        folders = folders_of_pictures(records, images, delivery)
        derivatives = _derivatives(work) if work and folders else None
        pictures = Pictures()
        if derivatives:
            for folder, pictured in folders:
                pictures += self._take_pictures(pictured, folder, derivatives, keep=data is not None)
        resolved.records = pictures.beside(resolved.records)
        conflicts = find_conflicts(records, resolved, delivery.contributions, self.rules, self.names)
        resolved.rejected |= pictures.rejected | conflicts.rejected
        self.report.add(records.problems + resolved.problems + pictures.problems + conflicts.problems)
        valid = self._validated(records, resolved)
        protection = self._protected(valid, records)
        kept = protection.resolved
        self.report.images = kept.records.height
        self.report.rejected = self.records.table.height - kept.records.height - protection.summary.suppressed_images
        self.report.privacy = protection.summary
        blocked = self._check_release(records, kept) if not records.unreadable else True
        self.report.decide(fail_on, unreadable=bool(records.unreadable), blocked=blocked)
        if data is not None and self.report.exit_code in (0, 1):
            if derivatives and self.staged:
                with self._phase("pictures"):
                    derivatives.link(digests(kept.records), self.staged.folder)
            self._publish(data, records)
            if derivatives:
                derivatives.sweep(set(used_digests(release.folder for release in list_releases(data))))
        self.report.finish(time.perf_counter() - self.started)
        return self.report

    def _take_pictures(self, records: Records, images: Path, derivatives: Derivatives, *, keep: bool) -> Pictures:
        # Loaded here, since what it needs is only there where the extra is installed.
        from etl.pictures.records import take_pictures  # noqa: PLC0415

        self.report.seconds.setdefault("pictures", None)
        with self._phase("pictures"):
            return take_pictures(
                records,
                images,
                derivatives,
                self.rules,
                self.names,
                keep=keep,
                trusted=self.settings.trusted_hosts,
                advance=lambda done, total: self.progress("pictures", done, total),
            )

    def _validated(self, records: Records, resolved: Resolved) -> Resolved:
        """Return the records that may be published, and leave their store and dump in the staging folder.

        The first round looks at every row, so that everything wrong is told at once; further rounds look at what
        is left, since only a graph that was validated as it stands is published.
        """
        kept, rejected = resolved, set(resolved.rejected)
        while True:
            told = self._look_at(kept, records)
            self.report.add(told.problems + told.general)
            rejected |= told.rejected
            left = kept.without(rejected)
            if left.records.height == kept.records.height:
                return kept
            kept = left

    def _protected(self, kept: Resolved, records: Records) -> Protection:
        """Return what is published of valid records, and leave its store and dump where theirs were.

        What is no longer told is no gap, so that only violations count here; there is none that is known.
        """
        while True:
            protection = protect(kept, self.quads, self.policy, self.names)
            if not self.policy.generalises:
                return protection
            told = self._look_at(protection.resolved, records)
            broken = [problem for problem in told.problems + told.general if problem.severity == "violation"]
            self.report.add(broken)
            if not told.rejected:
                self.report.add(list(tell_steps(protection, records, self.rules, self.speaker)))
                return protection
            kept = kept.without(told.rejected)

    def _look_at(self, resolved: Resolved, records: Records) -> Told:
        """Describe and validate records, and leave their store and dump in the staging folder."""
        self.quads = pl.DataFrame(schema=quads.SCHEMA)  # or two graphs would be in memory at once
        with self._phase("describe"):
            described = describe_records(resolved, self.names)
            vocabularies = describe_vocabularies(self.names, self.slices, described)
            self.labels = labels(vocabularies, self.names)
            self.quads = quads.unite([described, vocabularies])
            del described
        self.speaker = Speaker(self.labels, self.names, self.settings.language)
        with self._phase("load"):
            self._load(self.quads)
        with self._phase("validate"):
            results = validate(Predicates(self.quads), self.shapes)
            told = tell_results(results, records, resolved, self.rules, self.speaker)
        self.unexplained = bool(told.general)
        return told

    def _load(self, graph: pl.DataFrame) -> None:
        """Write united quads to the dump and to the store."""
        if self.staged is None:
            self.store = ox.Store()
            loading.fill(self.store, graph)
            return
        loading.write(graph, self.staged)

    def _check_release(self, records: Records, kept: Resolved) -> bool:
        """Describe the release, and tell whether a rule on it as a whole forbids to publish it."""
        triples = {graph.strip("<>"): number for graph, number in self.quads.group_by("g").len().iter_rows()}
        contributed = kept.records.drop_nulls("contribution").group_by("contribution").len().sort("contribution")
        counts = Counts(
            self.report.images, self.report.rejected, triples, self.report.privacy, dict(contributed.iter_rows())
        )
        text = describe_release(
            self.version, counts, records.inputs, self.slices, self.names, tombstones=self._standing_tombstones()
        )
        if self.staged:
            self.staged.metadata.write_text(text, encoding="utf-8")
            tabulate_images(kept, self.labels, self.names).write_parquet(self.staged.images)
        with self._phase("load"):
            store = ox.Store(str(self.staged.store)) if self.staged else self.store
            graph = loading.load_metadata(text, store, self.names)
        with self._phase("validate"):
            described = parse_quads(store.quads_for_pattern(None, None, None, graph))
            problems = [
                self.rules.by_iri[result.rule].tell() for result in validate(Predicates(described), self.shapes)
            ]
            problems += ask_release_rules(pl.concat([self.quads, described]), store, self.rules, self.names)
        del store
        self.report.add(problems)
        return self.unexplained or any(problem.severity == "violation" for problem in problems)

    def _standing_tombstones(self) -> list[Tombstone]:
        """Return the tombstones of what the release does not describe: an individual may have come back."""
        if not self.tombstones.by_iri:
            return []
        described = set(self.quads["s"].unique().str.strip_chars("<>"))
        return [one for iri, one in self.tombstones.by_iri.items() if iri not in described]

    def _publish(self, data: Path, records: Records) -> None:
        assert self.staged is not None  # noqa: S101 - what is published was written
        self.report.release = self.version
        self.report.finish(time.perf_counter() - self.started)
        content = {
            **published_report(self.report),
            AS_OF: self.tombstones.digest,
            "base": self.names.base,
            "fingerprint": input_fingerprint(records.inputs, self.settings, self.slices),
            "inputs": [{"sha256": given.sha256, "rows": given.rows} for given in records.inputs],
        }
        self.staged.report.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        publish.publish(self.staged, data, self.version)

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        self.progress(name)
        with self.report.timing(name):
            yield
