"""Reading YAML that strangers wrote: nodes with their lines, nothing constructed, everything bounded."""

import codecs
from pathlib import Path

import yaml

from etl.read.forms import load
from etl.read.limits import Limits
from etl.read.source import Fault, UnreadableError, passed

LARGEST = 256 * 1024
"""Bytes: statements of many pages fit, and PyYAML reads them in a second."""
_MOST = 5_000
"""Values and keys: four hundred people with their institutions."""
_DEEPEST = 8
"""Levels: the deepest key of ours is on the third."""


def read_document(path: Path) -> yaml.Node | None:
    """Return the one document of a YAML file; None where it holds nothing but comments.

    Raises:
        UnreadableError: if it cannot be opened, is too large, is not YAML, or uses aliases, by which a few lines can
            stand for billions.
    """
    try:
        text = load(path, Limits(file=LARGEST)).removeprefix(codecs.BOM_UTF8).decode()
        _look_through(text)
        found: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnreadableError as error:
        if error.fault.rule == "file-limit":
            raise passed("contribution-limit", f"{LARGEST // 1024} KiB") from error
        raise
    except UnicodeDecodeError as error:
        raise UnreadableError(Fault("contribution-unreadable", cause="utf-8")) from error
    except yaml.YAMLError as error:
        raise _unreadable(error) from error
    return found


def line_of(node: yaml.Node) -> int:
    """Return the line that a node begins in, the first being 1."""
    return int(node.start_mark.line) + 1


def _look_through(text: str) -> None:
    """Look at the events of a text, before anything is made of them.

    Raises:
        UnreadableError: if there are too many, too deep, or any is an alias.
    """
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableError(Fault("contribution-alias", f"*{event.anchor}", line))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise passed("contribution-limit", f"{_DEEPEST} × [[…]]", line)
        if count > _MOST:
            raise passed("contribution-limit", f"{_MOST}", line)


def _unreadable(error: yaml.YAMLError) -> UnreadableError:
    """Return what to tell where YAML is broken: in the words of PyYAML, with the line where it knows it."""
    if isinstance(error, yaml.MarkedYAMLError):
        reason, mark = str(error.problem or error.context), error.problem_mark
    else:
        reason, mark = " ".join(str(error).split()), None
    return UnreadableError(
        Fault("contribution-unreadable", row=mark.line + 1 if mark else None, bindings=(("cause", reason),))
    )
