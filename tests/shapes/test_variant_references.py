"""The reference sequence before a variant: of the kind that its name is counted on, and with a version."""

import re

import pytest
import rdflib
from rdflib.namespace import SH

from etl.validate.shapes import Shapes
from tests.shapes.shape_examples import NAMES

RIGHT = (
    *("c.1A>G", "p.(Arg1His)", "RYR1:c.1A>G", "EMD:c.1A>G", "ENO1:c.1A>G", "NEB:c.1A>G", "LMNA:c.1A>G"),
    *("NM_000540.3:c.1A>G", "NM_000540.3(RYR1):c.1A>G", "NR_001.2:n.1A>G", "NM_000540.3:r.1a>g", "XM_001.1:c.1A>G"),
    *("NP_001.2:p.(Arg1His)", "NC_000019.10:g.1A>G", "NC_012920.1:m.3243A>G", "NC_000019.10(NM_000540.3):c.88+2T>G"),
    *("NG_001.1:c.1A>G", "LRG_1t1:c.1A>G", "LRG_1:g.1A>G", "LRG_1p1:p.(Arg1His)", "AB026906.1:c.1A>G"),
    *("ENST0001.2:c.1A>G", "ENSG0001.1:g.1A>G"),
)
OF_ANOTHER_KIND = (
    *("NP_001.2:c.1A>G", "NM_000540.3:g.1A>G", "NM_000540.3:p.(Arg1His)", "NC_000019.10:c.1A>G"),
    *("ENST0001.1:g.1A>G", "LRG_1t1:g.1A>G", "LRG_1p1:c.1A>G", "ENSP0001.2:c.1A>G"),
)
WITHOUT_VERSION = ("NM_000540:c.1A>G", "NM_000540(RYR1):c.1A>G", "ENST0001:c.1A>G", "NC_000019:g.1A>G")


def _pattern(rule: str) -> re.Pattern[str]:
    return re.compile(str(Shapes(NAMES).graph.value(rdflib.URIRef(NAMES.mint("rule", rule)), SH.pattern)))


FITS, VERSION = _pattern("variant-reference-fits"), _pattern("variant-reference-version-missing")


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_reference_breaks_no_rule(name: str) -> None:
    assert FITS.search(name) and VERSION.search(name)


@pytest.mark.parametrize("name", OF_ANOTHER_KIND)
def test_a_reference_of_another_kind_is_told(name: str) -> None:
    assert not FITS.search(name)


@pytest.mark.parametrize("name", WITHOUT_VERSION)
def test_a_reference_without_version_is_told(name: str) -> None:
    assert not VERSION.search(name)
