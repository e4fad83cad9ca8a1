"""The vocabularies that the atlas links to, one a module, each with its addresses on top."""

from muscle_atlas.terms.source import Source
from muscle_atlas.terms.sources import fbbi, hgnc, hpo, mgi, mondo, ordo, uberon

SOURCES: tuple[Source, ...] = (
    hgnc.SOURCE,
    ordo.SOURCE,
    mondo.SOURCE,
    uberon.SOURCE,
    hpo.SOURCE,
    fbbi.SOURCE,
    mgi.SOURCE,
)
