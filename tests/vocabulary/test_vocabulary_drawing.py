"""The committed tables are what the script draws from the releases."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.vocabulary.committed import HOUSE, MAPPINGS, PAIRS, SYMBOLS, TERMS, told


def test_drawing_again_changes_nothing(shared: Path, tmp_path: Path) -> None:
    for folder in ("ontology", "mappings"):
        shutil.copytree(HOUSE / folder, tmp_path / folder)
    command = [sys.executable, "scripts/draw_vocabulary.py", "--shared", str(shared), "--into", str(tmp_path)]
    drawn = subprocess.run(
        command, cwd=HOUSE, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(HOUSE)}
    )
    assert drawn.returncode == 0, drawn.stderr
    changed = [
        f"{path.relative_to(HOUSE)} is not as drawn"
        for path in [*TERMS, *PAIRS, *SYMBOLS, *MAPPINGS]
        if path.read_bytes() != (tmp_path / path.relative_to(HOUSE)).read_bytes()
    ]
    assert not changed, told(changed)
