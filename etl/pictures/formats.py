"""The formats of picture files that are read, told by their first bytes and never by their names."""

from pathlib import PurePath

SIGNATURE_BYTES = 12
"""How many bytes ``sniff_format`` needs."""

_SUFFIXES = {
    "jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "png": {".png"},
    "tiff": {".tif", ".tiff", ".btf", ".tf8", ".stk"},
    "webp": {".webp"},
    "gif": {".gif"},
}
_BEGINNINGS = {
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    # Both byte orders, classic and BigTIFF.
    "tiff": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    "gif": (b"GIF87a", b"GIF89a"),
}


def sniff_format(beginning: bytes) -> str | None:
    """Return ``jpeg``, ``png``, ``tiff``, ``webp`` or ``gif`` by the first bytes of a file; None for all else."""
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return "webp"
    return next((form for form, known in _BEGINNINGS.items() if beginning.startswith(known)), None)


def fits_suffix(name: str, form: str) -> bool:
    """Tell whether the suffix of a name is one of the format, or says nothing of a format."""
    suffix = PurePath(name).suffix.lower()
    return suffix in _SUFFIXES[form] or all(suffix not in suffixes for suffixes in _SUFFIXES.values())
