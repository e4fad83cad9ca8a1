"""Why a file cannot be read: causes by name, and what people are told of them."""

import errno
import struct
import zipfile
import zlib
from functools import cache
from pathlib import Path
from xml.parsers import expat

from muscle_atlas.settings import Language
from muscle_atlas.tables import Table

OTHER = "other"
_BROKEN = (
    ("method", (NotImplementedError,)),
    ("archive", (zipfile.BadZipFile, struct.error, EOFError, OSError)),
    ("compression", (zlib.error,)),
    ("xml", (expat.ExpatError,)),
    ("content", (LookupError, ValueError, OverflowError)),
)
"""What Python raises where an archive, its compression, its XML or the numbers in it are not as they should be."""
DAMAGES = tuple(kind for _, kinds in _BROKEN for kind in kinds)


def of_system(error: OSError) -> str:
    """Return the cause of an error of the system."""
    name = errno.errorcode.get(error.errno or 0, OTHER)
    return name if name in _causes("en") else OTHER


def of_damage(error: Exception) -> str:
    """Return the cause of one of ``DAMAGES``."""
    return next((cause for cause, kinds in _BROKEN if isinstance(error, kinds)), "content")


def explain(cause: str, language: Language) -> str:
    """Return what people are told of a cause."""
    return _causes(language)[cause]


@cache
def _causes(language: Language) -> dict[str, str]:
    return dict(Table(Path(__file__).parent / "causes.tsv").rows.select("cause", f"label_{language}").iter_rows())
