"""Pictures with a mark planted in every place where a format keeps more than pixels."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyvips

MARK = b"Zx9Planted"
"""What must be in no byte of a release."""
LABEL = (255, 0, 255)
"""Colour of labels and macro images, which nothing else has."""
TISSUE = (200, 100, 50)
_WIDTH, _HEIGHT = 48, 32


def planted() -> Iterator[tuple[str, bytes]]:
    """Give names and contents of files; each name holds the mark, too."""
    name = MARK.decode()
    yield f"{name}-all.jpg", _jpeg()
    yield f"{name}-all.png", _png()
    yield f"{name}-all.webp", _webp()
    yield f"{name}-all.gif", _gif()
    yield f"{name}-tags.tif", _tiff([_page(TISSUE)])
    yield f"{name}-16-bit.tif", _tiff([_page((40_000,), bits=16)])
    yield f"{name}-channels.tif", _tiff([_page((40_000, 20_000, 5_000, 100), bits=16)])
    yield f"{name}-label-and-macro.tif", _tiff([_page(TISSUE), _page(LABEL, 20, 20), _page(LABEL, 30, 12)])


def _marked(where: str) -> bytes:
    return MARK + b" " + where.encode() + b"\0"


def _exif() -> bytes:
    """An EXIF block: description, artist, serial numbers, a thumbnail with a comment of its own."""
    thumbnail = b"\xff\xd8" + _segment(0xFE, _marked("thumbnail")) + b"\xff\xd9"
    return b"Exif\0\0" + _tiff([_Page(b"", 0, 0, 0, 0, {270: _marked("exif"), 315: _marked("artist")})]) + thumbnail


def _xmp() -> bytes:
    return b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + MARK + b"</x:xmpmeta>"


def _profile() -> bytes:
    """A colour profile that works, with a mark in the bytes of its header that nobody reads."""
    profile = bytearray(pyvips.Operation.call("profile_load", "srgb"))
    assert len(profile) > 128
    profile[100 : 100 + len(MARK)] = MARK
    return bytes(profile)


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _tissue() -> Any:
    image = pyvips.Image.black(_WIDTH, _HEIGHT) + list(TISSUE)
    return image.cast("uchar").copy(interpretation="srgb").draw_rect([0, 0, 0], 0, 0, 16, _HEIGHT, fill=True)


def _jpeg() -> bytes:
    plain = _tissue().jpegsave_buffer(keep="none")
    planted = [
        _segment(0xE1, _exif()),
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + _xmp()),
        _segment(0xE2, b"ICC_PROFILE\0\x01\x01" + _profile()),
        _segment(0xE2, b"MPF\0" + _marked("multi-picture")),
        _segment(0xED, b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x14\x1c\x02\x50\0\x0a" + MARK),
        *(_segment(marker, _marked(f"application {marker}")) for marker in range(0xE3, 0xED)),
        _segment(0xFE, _marked("comment")),
    ]
    whole = [plain[:2], *planted, plain[2:], plain[:2], _marked("second picture"), b"\xff\xd9"]
    return b"".join(map(bytes, whole))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png() -> bytes:
    plain = _tissue().pngsave_buffer(keep="none")
    head = 8 + 25
    planted = [
        _chunk(b"iCCP", b"srgb\0\0" + zlib.compress(_profile(), 0)),
        _chunk(b"tEXt", b"Comment\0" + MARK),
        _chunk(b"zTXt", b"Author\0\0" + zlib.compress(MARK, 0)),
        _chunk(b"iTXt", b"Title\0\0\0fr\0\0" + MARK),
        _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + _xmp()),
        _chunk(b"eXIf", _exif()[6:]),
        _chunk(b"prVt", _marked("private")),
    ]
    return bytes(plain[:head]) + b"".join(planted) + bytes(plain[head:]) + _marked("behind the end")


def _webp() -> bytes:
    plain = _tissue().webpsave_buffer(lossless=True, keep="none")

    def chunk(kind: bytes, content: bytes) -> bytes:
        return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)

    size = struct.pack("<I", _WIDTH - 1)[:3] + struct.pack("<I", _HEIGHT - 1)[:3]
    extended = chunk(b"VP8X", b"\x2c\0\0\0" + size)
    body = extended + chunk(b"ICCP", _profile()) + bytes(plain[12:])
    body += chunk(b"EXIF", _exif()[6:]) + chunk(b"XMP ", _xmp()) + chunk(b"PRIV", _marked("private"))
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body + _marked("behind the end")


def _gif() -> bytes:
    plain = bytes(_tissue().gifsave_buffer(keep="none"))
    head = 13 + 3 * 2 ** ((plain[10] & 7) + 1) * (plain[10] >> 7)
    comment = b"\x21\xfe" + bytes([len(MARK)]) + MARK + b"\0"
    xmp = b"\x21\xff\x0bXMP DataXMP" + bytes([len(MARK)]) + MARK + b"\0"
    return plain[:head] + comment + xmp + plain[head:] + _marked("behind the end")


@dataclass
class _Page:
    pixels: bytes
    width: int
    height: int
    bands: int
    bits: int
    tags: dict[int, bytes] = field(default_factory=dict)


def _page(colour: Sequence[int], width: int = _WIDTH, height: int = _HEIGHT, *, bits: int = 8) -> _Page:
    pixel = struct.pack(f"<{len(colour)}{'H' if bits == 16 else 'B'}", *colour)
    black = b"\0" * len(pixel)
    row = black * (width // 3) + pixel * (width - width // 3)
    page = _Page(row * height, width, height, len(colour), bits)
    # Description, make, model, software, artist, host, copyright, XMP, IPTC, Photoshop, a private tag.
    for tag in (270, 271, 272, 305, 315, 316, 33432, 700, 33723, 34377, 65000):
        page.tags[tag] = _marked(f"tag {tag}")
    page.tags[306] = b"1995:05:12 10:00:00\0"
    page.tags[34675] = _profile() if len(colour) == 3 else _marked("profile")
    return page


_ASCII, _SHORT, _LONG, _UNDEFINED = 2, 3, 4, 7


def _tiff(pages: Sequence[_Page]) -> bytes:
    """Write a TIFF of uncompressed pages, each with an EXIF directory and a directory of its own below it."""
    out = bytearray(b"II*\0\0\0\0\0")
    place = 4

    def directory(entries: dict[int, tuple[int, bytes]]) -> int:
        """Append a directory; return where it begins."""
        values = {}
        for tag, (_, value) in entries.items():
            if len(value) > 4:
                values[tag] = struct.pack("<I", len(out))
                out.extend(value + b"\0" * (len(value) % 2))
        start = len(out)
        out.extend(struct.pack("<H", len(entries)))
        for tag, (kind, value) in sorted(entries.items()):
            count = len(value) // {_SHORT: 2, _LONG: 4}.get(kind, 1)
            out.extend(struct.pack("<HHI", tag, kind, count) + values.get(tag, value.ljust(4, b"\0")))
        out.extend(b"\0\0\0\0")
        return start

    for page in pages:
        kinds = {700: _UNDEFINED, 33723: _UNDEFINED, 34377: _UNDEFINED, 34675: _UNDEFINED}
        entries = {tag: (kinds.get(tag, _ASCII), value) for tag, value in page.tags.items()}
        if page.pixels:
            pixels = len(out)
            out.extend(page.pixels)
            shorts = {
                256: (page.width,),
                257: (page.height,),
                258: (page.bits,) * page.bands,
                259: (1,),
                262: (2 if page.bands == 3 else 1,),
                277: (page.bands,),
                278: (page.height,),
                284: (1,),
            }
            if page.bands > 3:
                shorts[338] = (0,) * (page.bands - 1)
            entries |= {tag: (_SHORT, struct.pack(f"<{len(of)}H", *of)) for tag, of in shorts.items()}
            entries[273] = (_LONG, struct.pack("<I", pixels))
            entries[279] = (_LONG, struct.pack("<I", len(page.pixels)))
            below = {tag: (_ASCII, _marked(f"below {tag}")) for tag in (270, 36867, 42033)}
            entries[34665] = (_LONG, struct.pack("<I", directory(below)))
        start = directory(entries)
        out[place : place + 4] = struct.pack("<I", start)
        place = len(out) - 4
    return bytes(out)
