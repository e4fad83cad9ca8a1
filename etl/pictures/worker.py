"""The process that decodes pictures: a line of JSON in, a line of JSON out, so that a crash costs one picture."""

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from etl.pictures.derivatives import Derivatives
from etl.pictures.rendering import RefusedError, block_other_loaders, render, sha256

MEMORY = 4 * 2**30
"""Bytes of address space: a picture that takes more is refused, not the whole machine slowed down."""


def main() -> None:
    """Answer requests until there are no more.

    A request has ``source``, ``folder`` and ``keep``; an answer is a rendering, or a ``rule`` with ``bindings``.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a decoder prints must not be taken for an answer.
    os.dup2(2, 1)
    limit_memory()
    block_other_loaders()
    print("{}", file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(**json.loads(line))), file=answers, flush=True)


def limit_memory() -> None:
    """Limit the address space of this process; systems that know no such limit (macOS) go without."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (OSError, ValueError):
        return


def _answer(source: str, folder: str, *, keep: bool) -> dict[str, Any]:
    derivatives = Derivatives(Path(folder))
    path = Path(source)

    def store(draft: Path) -> str:
        digest = sha256(draft)
        if keep:
            derivatives.store(draft, digest)
        else:
            draft.unlink()
        return digest

    try:
        digest = sha256(path)
    except OSError as error:
        return {"rule": "image-file-unreadable", "bindings": {"reason": str(error.strerror)}}
    try:
        known = derivatives.find(digest)
        if known is None:
            rendering = render(path, store, derivatives.drafts)
            if keep:
                derivatives.remember(digest, rendering)
            known = asdict(rendering)
    except RefusedError as error:
        return {"rule": error.rule, "bindings": error.bindings}
    except MemoryError:
        return {"rule": "image-file-undecodable", "bindings": {"reason": f"> {MEMORY // 2**30} GiB"}}
    except OSError as error:
        # Our own folder: a full disk is no fault of the picture.
        return {"failed": [error.errno, error.strerror, str(error.filename or folder)]}
    return known


if __name__ == "__main__":
    main()
