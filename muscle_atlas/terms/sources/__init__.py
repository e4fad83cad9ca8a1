"""The vocabularies that the atlas links to, one a module, each with its addresses on top."""

from muscle_atlas.terms.source import Source
from muscle_atlas.terms.sources import hgnc, mgi, mondo

SOURCES: tuple[Source, ...] = (
    hgnc.SOURCE,
    mondo.SOURCE,
    mgi.SOURCE,
)
