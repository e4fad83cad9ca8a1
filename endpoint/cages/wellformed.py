"""XML as Oxigraph writes it, made well-formed, or refused where XML has no way to say it.

Oxigraph escapes what is markup and writes every other sign as it is. XML 1.0 has no NUL, no other control character
but tab and the ends of lines, and neither U+FFFE nor U+FFFF (section 2.2); whoever reads it takes a carriage return
that is no reference for a line feed (section 2.11). In RDF/XML a property is the name of an element, which an IRI that
ends in a digit or a slash has none to give for.
"""

import re

XML = ("application/sparql-results+xml", "application/rdf+xml")

_CONTROLS = bytes(sorted(set(range(0x20)) - set(b"\t\n\r")))
_NO_SIGN = re.compile(rb"[%s]|\xef\xbf[\xbe\xbf]" % re.escape(_CONTROLS))
_NO_NAME = re.compile(rb'<[^\s<>/"]*:[\s/>][^>]*')
_LONGEST_NAME = 64
"""Bytes of the beginning of an element, at most, that has no name behind its prefix."""


class NotXmlError(Exception):
    """An answer cannot be told in XML; the message says what of it."""


class XmlCheck:
    """Looks at an answer in pieces."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self._before = b""

    def check(self, content: bytes) -> bytes:
        """Return the next piece as it is to be sent.

        Raises:
            NotXmlError: if it holds what XML cannot.
        """
        # What is looked for may begin in one piece and end in the next.
        seen = self._before + content
        self._before = seen[-_LONGEST_NAME:]
        if seen.translate(None, _CONTROLS) != seen or b"\xef\xbf\xbe" in seen or b"\xef\xbf\xbf" in seen:
            found = _NO_SIGN.search(seen)
            raise NotXmlError(f"U+{ord(found[0].decode()):04X}" if found else "")
        if found := _NO_NAME.search(seen):
            raise NotXmlError(found[0].decode(errors="replace") + ">")
        return content.replace(b"\r", b"&#xD;")
