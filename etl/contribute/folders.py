"""The paths given to a build: files of records, and folders that are contributions, mixed."""

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from etl.contribute.contribution import Contribution
from etl.contribute.declarations import DeclarationReader, terms_of
from etl.contribute.documents import read_document
from etl.contribute.values import Values
from etl.problems import Problem, Rules
from etl.read.causes import of_system
from etl.read.given import Given
from etl.read.source import Fault, UnreadableError
from etl.read.table import tell
from muscle_atlas.names import Names
from muscle_atlas.terms.words.lexicon import Lexicon

FILE = "contribution.yaml"
_OTHERS = ("contribution.yml", "Contribution.yaml")
_IMAGES = "images"
_LICENCES = "licences"
"""The kind of words that licences are."""


@dataclass
class Delivery:
    """What was given to a build."""

    files: list[Given] = field(default_factory=list)
    """Files of records, those of contributions among them."""
    contributions: list[Contribution] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unreadable: bool = False
    """Whether a folder was given that is no contribution, or whose file cannot be read."""


def read_paths(paths: Sequence[Given], rules: Rules, names: Names) -> Delivery:
    """Sort paths into files of records and contributions; what is wrong with one never hides another."""
    delivery = Delivery()
    licences = Lexicon(_LICENCES, names, rules.language)
    seen: set[str] = set()
    for path in paths:
        # Path.is_dir raises where a folder lets nobody in.
        if not isinstance(path, Path) or not os.path.isdir(path):  # noqa: PTH112
            delivery.files.append(path)
            continue
        real = os.path.realpath(path)
        if real in seen:
            delivery.problems.append(rules["file-twice"].tell(file=shown(path)))
            continue
        seen.add(real)
        _read_folder(path, rules, names, licences, delivery)
    _tell_twice(delivery, rules)
    return delivery


def _read_folder(folder: Path, rules: Rules, names: Names, licences: Lexicon, delivery: Delivery) -> None:
    path = folder / FILE
    reader = DeclarationReader(shown(path), Values(folder, names, licences), rules)
    try:
        _check_alone(folder)
        told = reader.read(read_document(path))
        content = path.read_bytes()
    except UnreadableError as error:
        place = path if path.exists() else folder
        delivery.problems.append(tell(rules, error.fault, shown(place)))
        delivery.unreadable = True
        return
    records = tuple(folder / name for name in dict.fromkeys(told.get("records", [])))
    images = folder / told.get("images", _IMAGES)
    if "images" not in told and images.is_dir() and not _is_below(images, folder):
        # Left out in silence, it would let photographs be published without their pictures.
        reader.tell(Fault("contribution-path-outside", _IMAGES))
    delivery.problems += reader.problems
    delivery.files += records
    delivery.contributions.append(
        Contribution(
            place=shown(path),
            sha256=hashlib.sha256(content).hexdigest(),
            identifier=told.get("identifier") or f"unnamed-{len(delivery.contributions)}",
            records=records,
            images=images if images.is_dir() and _is_below(images, folder) else None,
            licence=told.get("licence"),
            terms=None if reader.refused else terms_of(told, licences),
        )
    )


def _check_alone(folder: Path) -> None:
    """Look for the file of a contribution.

    Raises:
        UnreadableError: if there is none, it leads out of the folder, or there is another that may be meant.
    """
    try:
        there = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise UnreadableError(Fault("contribution-unreadable", cause=of_system(error))) from error
    others = sorted(there.intersection(_OTHERS))
    if FILE not in there:
        raise UnreadableError(Fault("contribution-missing", candidates=tuple(others)))
    if others:
        raise UnreadableError(Fault("contribution-files", candidates=(FILE, *others)))
    if not _is_below(folder / FILE, folder):
        raise UnreadableError(Fault("contribution-path-outside", FILE))


def _is_below(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _tell_twice(delivery: Delivery, rules: Rules) -> None:
    """Tell contributions of one identifier, none of which may be published: which is meant nobody knows."""
    told = list(delivery.contributions)
    count = Counter(contribution.identifier for contribution in told)
    for index, contribution in enumerate(told):
        if count[contribution.identifier] == 1:
            continue
        others = [
            other.place
            for number, other in enumerate(told)
            if number != index and other.identifier == contribution.identifier
        ]
        problem = rules["contribution-twice"].tell(
            file=contribution.place, column="identifier", value=contribution.identifier, candidates=others
        )
        delivery.problems.append(problem)
        stand_in = f"{contribution.identifier[:50]}-{index}"
        delivery.contributions[index] = replace(contribution, identifier=stand_in, terms=None)


def shown(path: Path) -> str:
    """Return a path as it is told."""
    # A name that is no Unicode cannot be printed as it is.
    return os.fsencode(path).decode("utf-8", "replace")
