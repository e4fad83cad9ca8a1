"""Channels: which pages of a TIFF are channels of one picture, and the colours that show them together."""

import re

# "channels=4" among the lines that ImageJ writes into ImageDescription.
_IMAGEJ = re.compile(r"^channels=(\d+)\s*$", re.MULTILINE)
_OME_SIZE = re.compile(r'\bSize([CZT])="(\d+)"')
_OME_ORDER = re.compile(r'\bDimensionOrder="XY([CZT]{3})"')

COLOURS = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1))
"""Red, green, blue and grey for the first four channels: the colours that ImageJ gives them in a composite."""


def channel_pages(description: str, pages: int) -> list[int]:
    """Return the pages that hold the channels of the first section and moment of a TIFF, empty where it tells none.

    ImageJ lets the channel run fastest (its order is XYCZT); OME-TIFF says its order.

    Args:
        description: the tag ImageDescription of the first page.
        pages: how many pages the file has.
    """
    step = 1
    if description.startswith("ImageJ=") and (told := _IMAGEJ.search(description)):
        channels = int(told[1])
    elif order := _OME_ORDER.search(description):
        sizes = {axis: int(size) for axis, size in _OME_SIZE.findall(description)}
        channels = sizes.get("C", 1)
        for axis in order[1][: order[1].index("C")]:
            step *= sizes.get(axis, 1)
    else:
        return []
    found = [channel * step for channel in range(min(channels, pages)) if channel * step < pages]
    return found if len(found) > 1 else []
