"""Variants: what HGVS calls a name, what laboratories write instead, and what no text may break."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.problems import Rules
from etl.resolve.values.hgvs import alleles, is_hgvs
from etl.resolve.values.variants import advice_on, read_variant, split_variants, zygosity_of_alleles
from muscle_atlas.folding import fold
from muscle_atlas.names import Names, default_base
from muscle_atlas.rooms import MAPPINGS, SHAPES
from muscle_atlas.tables import Table

settings.register_profile("variants", deadline=None)
settings.load_profile("variants")

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SHAPE = re.search(r'sh:pattern "(\^\(\[A-Za-z0-9_\.\(\)-\].*)" ;', (SHAPES / "variant.ttl").read_text(encoding="utf-8"))
assert SHAPE
PATTERN = re.compile(SHAPE[1].replace("\\\\", "\\"))
"""The pattern that the shape of variants asks of RDF that others wrote."""

NAMES = """
NM_000540.3:c.14582G>A c.14582G>A NM_000540.3(RYR1):c.14582G>A LRG_199t1:c.79A>C ENST00000357033.9:c.79A>C
NC_000001.11:g.1234_2345del g.32386323del m.3243A>G NC_012920.1:m.3243A>G n.123A>G c.88+2T>G c.89-1G>T
c.-8G>A c.*46T>A c.87+5G>C c.123= c.= c.? c.(123A>G) c.123=/A>G c.123del c.123_125del c.123delA c.20_23dup
c.123_124insAG c.14_15insN[12] c.32_33ins(100) c.849_850ins850_900inv c.112_117delinsTG c.79_80delinsTT
c.77_80inv c.-128GGC[79] c.54GCA[21] c.1238_1239GC[5] c.(?_6290)_(7309_?)del
c.(6438+1_6439-1)_(7309+1_7310-1)dup c.100-?_200+?del g.(?_234567)_(345678_?)del c.[76A>C;83G>C]
c.[123A>G];[456del] c.[76A>C];[76A>C] c.123A>G(;)456del c.[123A>G];[?] c.[123A>G];[=] c.[54GCA[21];83G>C]
r.spl r.(spl?) r.? r.0 r.(?) r.76a>u p.Arg123* p.(Arg123*) p.(Arg123Ter) p.R123H p.R123* p.(=) p.= p.? p.0
p.0? p.Met1? p.(Met1?) p.Trp24= p.Arg97ProfsTer23 p.(Arg97Profs*23) p.Arg97fs p.Ter110GlnextTer17
p.*110Glnext*17 p.Met1ext-5 p.Lys23_Val25del p.(Lys23_Val25dup) p.Lys2_Met3insGlnSerLys p.Cys28delinsTrpVal
p.Ala2[10] p.[Ser68Arg;Asn594del] p.[(Ser68Arg)];[(Asn594del)]
""".split()  # noqa: SIM905 - one line for each would be a page

NO_NAMES = """
c. p. c.14582G> c.faux-sens NM_139343.3:c.faux-sens p.Foo12Bar c.A123G c.123 p.R123X p.Arg123 c.-A>G c.12G>Z
c.0A>G c.012A>G c.12A>A c.100_99del c.12_12del c.12_14insA c.1_3delATGG c.12delAG c.12_14del4 c.20_23dupA r.7a>a
p.Lys25_Lys23del p.Lys2_Met4insGln p.Lys0* c.88+0G>T c.[1A>G];[0del] g.9_8inv
c.1A>G;c.2del c.[1A>G c.1234G>Ap.Arg412His IVS3+1G>A x.1 123A>G r.76A>G c.123insA c.() c.[] c.(;) (;)
""".split()  # noqa: SIM905 - one line for each would be a page


@pytest.mark.parametrize("name", NAMES)
def test_what_hgvs_writes_is_a_name_and_passes_the_shape(name: str) -> None:
    assert is_hgvs(name)
    assert PATTERN.match(name)


@pytest.mark.parametrize("name", [*NO_NAMES, ""])
def test_what_hgvs_does_not_write_is_no_name(name: str) -> None:
    assert not is_hgvs(name)


POINT = st.from_regex(r"\A[-*]?[1-9][0-9]{0,4}([+-][1-9][0-9]?)?\Z")
BASES = st.from_regex(r"\A[ACGT]{1,6}\Z")
RANGE = st.builds(lambda start, more: f"{start}_{start + more}", st.integers(1, 9999), st.integers(1, 99))
INTRONIC = st.from_regex(r"\A[1-9][0-9]{0,4}[+-][1-9][0-9]?\Z")
CHANGES = st.one_of(
    st.builds("{}{}".format, POINT, st.permutations("ACGT").map(lambda bases: f"{bases[0]}>{bases[1]}")),
    st.builds("{}{}".format, POINT, st.sampled_from(["del", "dup", "="])),
    st.builds("{}{}".format, RANGE, st.sampled_from(["del", "dup", "inv"])),
    st.builds("{}_{}{}".format, POINT, INTRONIC, st.sampled_from(["del", "dup", "inv"])),
    st.builds("{0}_{1}ins{2}".format, st.just(9), st.just(10), BASES),
    st.builds("{}delins{}".format, RANGE, BASES),
    st.builds("({}_{})_({}_{})del".format, POINT, POINT, POINT, POINT),
)


@given(st.lists(CHANGES, min_size=1, max_size=3), st.sampled_from(["", "NM_000540.3:", "NM_1.1(RYR1):"]))
def test_changes_make_names_alone_on_one_allele_and_on_two(changes: list[str], reference: str) -> None:
    for body in (changes[0], f"({changes[0]})", f"[{';'.join(changes)}]", f"[{changes[0]}];[{changes[-1]}]"):
        name = f"{reference}c.{body}"
        assert is_hgvs(name)
        assert PATTERN.match(name)
        assert read_variant(name).hgvs == name.replace("(RYR1)", "")
        assert split_variants(name) == [name]
        assert all(is_hgvs(allele) for allele in alleles(name))


@given(TEXT)
def test_no_text_breaks_the_grammar_and_every_name_passes_the_shape(text: str) -> None:
    variant = read_variant(text)
    if variant.hgvs is not None:
        assert is_hgvs(variant.hgvs)
        assert PATTERN.match(variant.hgvs)
    assert all(part.strip() == part != "" for part in split_variants(text))


@pytest.mark.parametrize("part", ["[123A>G;", "(", "A[1]", "(;)", "1_", "A", "[", "delins"])
@pytest.mark.parametrize("kind", ["c.", "p.", "r."])
def test_long_texts_are_read_in_no_time(kind: str, part: str) -> None:
    # Without backtracking that grows with the square of the length this takes milliseconds.
    assert not is_hgvs(kind + part * 5000 + "!")


@pytest.mark.parametrize(
    ("name", "found", "zygosity"),
    [
        ("c.1A>G", ["c.1A>G"], None),
        ("c.[123A>G];[456del]", ["c.123A>G", "c.456del"], "zygosity:compound-heterozygous"),
        ("NM_1.1:c.[1A>G];[1A>G]", ["NM_1.1:c.1A>G", "NM_1.1:c.1A>G"], "zygosity:homozygous"),
        ("c.[1A>G];[=]", ["c.1A>G", "c.="], "zygosity:heterozygous"),
        ("c.[1A>G];[?]", ["c.1A>G", "c.?"], None),
        ("c.[1A>G;2del];[3del]", ["c.[1A>G;2del]", "c.3del"], "zygosity:compound-heterozygous"),
        ("c.[1A>G;2del]", ["c.[1A>G;2del]"], None),
        # Whether in cis or in trans is not known.
        ("c.1A>G(;)2del", ["c.1A>G", "c.2del"], None),
        ("p.[(Ser68Arg)];[(Asn594del)]", ["p.(Ser68Arg)", "p.(Asn594del)"], "zygosity:compound-heterozygous"),
    ],
)
def test_alleles_are_taken_apart_and_tell_the_zygosity(name: str, found: list[str], zygosity: str | None) -> None:
    assert alleles(name) == found
    assert zygosity_of_alleles(name) == zygosity


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("c.1A>G; c.2del", ["c.1A>G", "c.2del"]),
        ("c.[123A>G];[456del]; c.1A>G", ["c.[123A>G];[456del]", "c.1A>G"]),
        ("c.[1A>G;2del] ; [3del]", ["c.[1A>G;2del] ; [3del]"]),
        ("c.1A>G(;)2del;c.3del", ["c.1A>G(;)2del", "c.3del"]),
        ("c.[1A>G; c.2del", ["c.[1A>G", "c.2del"]),
        (";;", []),
        ("c.1A>G; p.(Met1Val)", ["c.1A>G; p.(Met1Val)"]),
        ("p.(Met1Val); c.1A>G", ["c.1A>G; p.(Met1Val)"]),
        ("c.1A>G; p.Met1?; c.5del; p.Arg2fs", ["c.1A>G; p.Met1?", "c.5del; p.Arg2fs"]),
        # Whether the protein's is another allele cannot be told.
        ("c.1A>G; c.5del; p.Met1?", ["c.1A>G", "c.5del", "p.Met1?"]),
        ("p.Met1?; p.Arg2fs", ["p.Met1?", "p.Arg2fs"]),
        ("c.1A>G p.Met1?; p.Arg2fs", ["c.1A>G p.Met1?", "p.Arg2fs"]),
    ],
)
def test_semicolons_in_brackets_separate_no_variants(cell: str, values: list[str]) -> None:
    assert split_variants(cell) == values


@pytest.mark.parametrize(
    ("text", "hgvs", "protein", "old_style"),
    [
        ("c.1234G>A p.(Arg412His)", "c.1234G>A", "p.(Arg412His)", False),
        ("c.1234G>A (p.Arg412His)", "c.1234G>A", "p.Arg412His", False),
        ("c.1234G>A, p.R412X", "c.1234G>A", "p.Arg412*", True),
        ("p.Arg412His (c.1234G>A)", "c.1234G>A", "p.Arg412His", False),
        ("NM_1.1:c.1A>G NP_2.1:p.(Met1?)", "NM_1.1:c.1A>G", "NP_2.1:p.(Met1?)", False),
        ("p.R123X", "p.Arg123*", None, True),
        ("p.R123H", "p.Arg123His", None, True),
        ("p.(R97Pfs*23)", "p.(Arg97Profs*23)", None, True),
        ("NP_1.1:p.[R1H];[A2T]", "NP_1.1:p.[Arg1His];[Ala2Thr]", None, True),
        ("p.Lys23_Val25del", "p.Lys23_Val25del", None, False),
        ("c.5935delA", "c.5935del", None, True),
        ("c.12_14delATGinsC", "c.12_14delinsC", None, True),
        ("c.12_14dup3", "c.12_14dup", None, True),
        ("c.[1delA];[5_6dupAG]", "c.[1del];[5_6dup]", None, True),
        ("c.12_14delATGG", None, None, False),
        ("c.1A>G; p.(Met1Val)", "c.1A>G", "p.(Met1Val)", True),
        ("c.1A>G - p.(Met1Val)", "c.1A>G", "p.(Met1Val)", False),
        ("c.100C>T (p.Arg34Ter)", "c.100C>T", "p.Arg34*", False),
        ("p.Arg34Ter", "p.Arg34*", None, False),
        ("exon 101: c.14582G>A", "c.14582G>A", None, True),
        ("ex101 c.14582G>A p.Arg4861His", "c.14582G>A", "p.Arg4861His", True),
        ("c.14582G>A (exon 101)", "c.14582G>A", None, True),
        ("c.[1A>G]+[2del]", "c.[1A>G];[2del]", None, True),
        ("c.550-551delAG", None, None, False),
        ("c.93+1delG", "c.93+1del", None, True),
        ("p.Arg97ProfsX23", "p.Arg97Profs*23", None, True),
        ("C.123a>g", "c.123A>G", None, True),
        ("c.123\u20132A>G", "c.123-2A>G", None, False),
        ("c.14582G&gt;A", "c.14582G>A", None, False),
        ("c.1A>G (p.foo)", None, "p.foo", False),
        ("mutation faux-sens", None, None, False),
    ],
)
def test_names_are_taken_out_of_what_laboratories_write(
    text: str, hgvs: str | None, protein: str | None, *, old_style: bool
) -> None:
    variant = read_variant(text)
    assert (variant.hgvs, variant.protein, variant.old_style) == (hgvs, protein, old_style)


@pytest.mark.parametrize(
    ("text", "gene"),
    [
        ("IVS3+1G>A", None),
        ("c.IVS3+1G>A", None),
        ("del exon 45-50", None),
        ("DMD: del exon 45-50", "DMD"),
        ("del45-50", None),
        ("délétion homozygote de l'exon 7 de SMN1", None),
        ("délétion homozygote exon 7 SMN1", None),
        ("délétion homozygote SMN1", None),
        ("0 copie SMN1", None),
        ("4 UR", None),
        ("expansion CTG (500)", None),
        ("macrodélétion de l'ADNmt", None),
        ("DMD del exons 45-50", "DMD"),
        ("délétion des exons 45 à 50", None),
        ("délétion homozygote de l'exon 7", None),
        ("exon 45-50 deletion", None),
        ("Deletion of exons 45 to 50", None),
        ("dup exon 2", None),
        ("(CTG)n", None),
        ("(GCN)13/(GCN)10", None),
        ("expansion de 450 triplets CTG", None),
        ("D4Z4 4 UR", None),
        ("délétion unique de l'ADNmt", None),
        ("Arg123His", None),
        ("R123X", None),
    ],
)
def test_descriptions_are_kept_as_they_are_written(text: str, gene: str | None) -> None:
    variant = read_variant(text)
    assert (variant.gene, variant.hgvs) == (gene, None)
    assert variant.description
    assert text.endswith(variant.description)


@pytest.mark.parametrize(
    ("text", "gene", "hgvs"),
    [
        ("NM_000540.3(RYR1):c.14582G>A", "RYR1", "NM_000540.3:c.14582G>A"),
        ("NM_000540.3(RYR1):c.14582G>A (p.Arg4861His)", "RYR1", "NM_000540.3:c.14582G>A"),
        ("NM_000540.3 (RYR1): c.14582G>A", "RYR1", "NM_000540.3:c.14582G>A"),
        ("NM_000540.3 c.14582G>A", None, "NM_000540.3:c.14582G>A"),
        ("NM_000540.3(RYR1) c.14582G>A", "RYR1", "NM_000540.3:c.14582G>A"),
        ("NC_000019.10(NM_000540.3):c.88+2T>G", None, "NC_000019.10(NM_000540.3):c.88+2T>G"),
        ("ENST00000359596:c.14582G>A", None, "ENST00000359596:c.14582G>A"),
        ("chr19:g.38958362C>T", None, None),
        ("RYR1 c.14582G>A", "RYR1", "c.14582G>A"),
        ("RYR1(NM_000540.3):c.14582G>A", "RYR1", "NM_000540.3:c.14582G>A"),
        ("m.3243A>G (MT-TL1)", "MT-TL1", "m.3243A>G"),
    ],
)
def test_a_gene_is_told_from_a_sequence_and_taken_off_it(text: str, gene: str | None, hgvs: str | None) -> None:
    variant = read_variant(text)
    assert (variant.gene, variant.hgvs) == (gene, hgvs)


def test_patterns_of_descriptions_are_folded_and_have_advice_in_both_languages() -> None:
    for row in Table(MAPPINGS / "variant-descriptions.tsv").rows.iter_rows(named=True):
        re.compile(row["pattern"])
        assert fold(row["pattern"]) == row["pattern"], row["kind"]
        assert row["advice_en"]
        assert row["advice_fr"]


def test_advice_on_what_may_be_bases_names_both_ways() -> None:
    assert "m.3243A>G" in str(advice_on("A3243G", "en"))
    assert "m." not in str(advice_on("R4861H", "en"))


def test_no_description_is_a_name_of_hgvs() -> None:
    assert [name for name in NAMES if read_variant(name).description] == []


def test_rules_of_variants_are_in_the_catalogue() -> None:
    rules = Rules(Names(default_base()), "en")
    for name in ("variant-described", "variant-old-style", "variant-hgvs-syntax", "zygosity-misaligned"):
        assert name in rules


def test_sign_of_html_separates_no_variants() -> None:
    assert [read_variant(part).hgvs for part in split_variants("c.1A&gt;G; c.2C&gt;T")] == ["c.1A>G", "c.2C>T"]


@pytest.mark.parametrize("text", ["c.7300-7305del", "c.7300–7305dup", "c.100-101insA", "NM_000540.3:c.7300-7302delAAG"])
def test_range_with_a_dash_is_not_taken_for_a_place_in_an_intron(text: str) -> None:
    assert read_variant(text).hgvs is None


@pytest.mark.parametrize("text", ["c.7300-7305A>G", "c.7300-5del", "c.100-200del", "c.20-21_20-20del"])
def test_place_in_an_intron_is_one(text: str) -> None:
    assert read_variant(text).hgvs == text
