"""Reports as workbooks that may hold macros (``.xlsm``)."""

from typing import IO

from etl.reports.forms import Dossier
from etl.reports.workbook import form


def write(dossier: Dossier, file: IO[bytes]) -> None:
    """Write a report as a workbook that keeps its macros, as ``form.write`` does.

    Raises:
        OSError: if it cannot be written.
    """
    form.write(dossier, file, macros=True)
