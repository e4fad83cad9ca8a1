"""Orphanet's releases become a slice: traps of the real files."""

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muscle_atlas.terms.source import Found, ReleaseError
from muscle_atlas.terms.sources import ordo
from tests.terms.releases import ask, parts_in


def labels(slice_: Path, code: str) -> list[tuple[Any, ...]]:
    return ask(slice_, "SELECT label_en, label_fr, status FROM term WHERE id = ?", code)


def names(slice_: Path, code: str, tier: str, language: str) -> set[str]:
    rows = ask(slice_, "SELECT text FROM name WHERE term = ? AND tier = ? AND language = ?", code, tier, language)
    return {text for (text,) in rows}


def test_every_file_of_the_publisher_is_recognised_by_its_name(shared: Path) -> None:
    parts = parts_in(shared / "reference", ordo.SOURCE)
    assert {part: [one.date for one in found] for part, found in parts.items()} == {
        "packets": ["2025-12-09"],
        "english": ["2023"],
        "french": ["2022", "2019-05"],
        "ontology": ["2018-07-12"],
    }
    for part in ordo.PARTS:
        if part.address:
            assert part.pattern.fullmatch(part.address.rpartition("/")[2]), part.address


def test_all_entities_are_held_and_dated(diseases: Path) -> None:
    assert ask(diseases, "SELECT count(*) FROM term WHERE status = 'active'") == [(9960,)]
    told = dict(ask(diseases, "SELECT * FROM release"))
    assert (told["version"], told["date"]) == ("1.3.42 / 4.1.8 [2025-03-03]", "2025-12-09")


def test_parents_are_read_whether_list_or_dict(diseases: Path) -> None:
    assert ask(diseases, "SELECT parent FROM parent WHERE term = 'ORPHA:607'") == [("ORPHA:206656",)]
    orphans = ask(
        diseases,
        "SELECT count(*) FROM term WHERE status = 'active' AND id NOT IN (SELECT term FROM parent)",
    )
    # 53 packets have no parents at all, and of a few every parent is outside the release.
    assert orphans[0][0] < 100


def test_parent_that_is_one_dict_counts() -> None:
    packet = {
        "ORPHAcode": "1",
        "Label": "A",
        "DisorderType": {"value": "Disease"},
        "Parents": {"Parent": [{"ORPHAcode": "2", "Label": "B"}]},
    }
    assert ordo.parse_packet(packet).parents == {"ORPHA:2"}
    assert ordo.parse_packet({**packet, "Parents": [packet["Parents"]]}).parents == {"ORPHA:2"}


def test_no_parent_leads_out_of_the_release(diseases: Path) -> None:
    assert not ask(diseases, "SELECT parent FROM parent WHERE parent NOT IN (SELECT id FROM term)")


def test_names_are_read_in_the_encoding_of_the_file(diseases: Path) -> None:
    assert labels(diseases, "ORPHA:607") == [("Nemaline myopathy", "Myopathie à némaline", "active")]


def test_withdrawn_code_leads_where_orphanet_says(diseases: Path) -> None:
    rows = ask(diseases, "SELECT successor, manner FROM successor WHERE term = 'ORPHA:166068'")
    assert rows == [("ORPHA:166063", "moved")]
    assert labels(diseases, "ORPHA:166068")[0][2] == "withdrawn"
    manners = dict(ask(diseases, "SELECT manner, count(*) FROM successor GROUP BY manner"))
    assert manners == {"moved": 287, "referred": 832}


def test_code_that_is_no_longer_rare_is_withdrawn_without_successor(diseases: Path) -> None:
    assert labels(diseases, "ORPHA:206") == [("Crohn disease", None, "withdrawn")]
    assert not ask(diseases, "SELECT * FROM successor WHERE term = 'ORPHA:206'")


def test_code_that_was_taken_up_again_is_active(diseases: Path) -> None:
    assert labels(diseases, "ORPHA:1239") == [("Behr syndrome", None, "active")]


def test_successors_are_of_withdrawn_codes_only(diseases: Path) -> None:
    assert not ask(
        diseases, "SELECT * FROM successor JOIN term ON term.id = successor.term WHERE term.status = 'active'"
    )


def test_french_of_2019_with_the_old_limb_girdle_numbering_is_no_label(diseases: Path) -> None:
    assert labels(diseases, "ORPHA:62")[0][1] is None
    assert "Dystrophie musculaire des ceintures autosomique récessive type 2D" in names(
        diseases, "ORPHA:62", "previous", "fr"
    )
    old = ask(diseases, "SELECT id FROM term WHERE label_fr LIKE '%ceintures autosomique récessive type 2%'")
    active = ask(diseases, "SELECT id FROM term WHERE status = 'active'")
    assert not set(old) & set(active)


def test_french_of_2022_wins_over_that_of_2019(diseases: Path) -> None:
    assert labels(diseases, "ORPHA:97229")[0][1] == "Déficit en transporteur de la riboflavine"
    assert names(diseases, "ORPHA:97229", "previous", "fr") == {"Déficit en transporteur de riboflavine"}


def test_former_english_name_is_kept(diseases: Path) -> None:
    assert "Autosomal recessive limb-girdle muscular dystrophy type 2D" in names(diseases, "ORPHA:62", "previous", "en")
    assert {"LGMDR3", "LGMD R3", "LGMD2D"} <= names(diseases, "ORPHA:62", "synonym", "en")


def test_omim_stands_by_the_relation_that_orphanet_gives(diseases: Path) -> None:
    def matches(code: str) -> dict[str, str]:
        return dict(ask(diseases, "SELECT other, match FROM reference WHERE term = ?", code))

    assert matches("ORPHA:597") == {"OMIM:117000": "exact"}
    assert matches("ORPHA:70")["OMIM:253300"] == "narrow"
    counts = dict(ask(diseases, "SELECT match, count(*) FROM reference GROUP BY match"))
    assert counts == {"exact": 3659, "narrow": 3989, "broad": 758}


def test_associations_are_in_the_words_of_orphanet(diseases: Path) -> None:
    kinds = {kind for (kind,) in ask(diseases, "SELECT DISTINCT kind FROM association")}
    assert len(kinds) == 8
    assert {"Modifying germline mutation in", "Major susceptibility factor in"} <= kinds


def test_gene_of_a_group_is_told_of_its_members_only(diseases: Path) -> None:
    for group in ("ORPHA:273", "ORPHA:607", "ORPHA:595", "ORPHA:598", "ORPHA:365"):
        assert not ask(diseases, "SELECT gene FROM association WHERE disease = ?", group)
    dmpk = ask(diseases, "SELECT disease FROM association WHERE gene = 'HGNC:2933'")
    assert len(dmpk) == 5


def packed(*packets: dict[str, object]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for packet in packets:
            content = json.dumps({"Orphapacket": packet}).encode()
            member = tarfile.TarInfo(f"json/ORPHApacket_{packet.get('ORPHAcode')}.json")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def packet(code: str, label: str) -> dict[str, object]:
    return {
        "ORPHAcode": code,
        "Label": label,
        "version": "1",
        "creationDate": "2024-06-01 00:00:00",
        "DisorderType": {"value": "Disease"},
    }


def pack(entries: str, date: str, name: str = "ORPHAnomenclature_en.xml") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        declared = '<?xml version="1.0" encoding="ISO-8859-1"?>'
        text = f'{declared}<JDBOR ExtractionDate="{date} 00:00:00"><DisorderList>{entries}</DisorderList></JDBOR>'
        archive.writestr(f"Pack/{name}", text.encode("iso-8859-1"))
    return file.getvalue()


def entry(code: str, name: str, status: str = "Active") -> str:
    told = f"<OrphaCode>{code}</OrphaCode><Name>{name}</Name><Totalstatus>{status}</Totalstatus>"
    return f"<Disorder>{told}</Disorder>"


def found(folder: Path, name: str, content: bytes) -> Found:
    path = folder / name
    path.write_bytes(content)
    return Found(path, "")


def test_code_of_a_newer_nomenclature_is_active_and_one_it_took_back_withdrawn(tmp_path: Path) -> None:
    packets = found(tmp_path, "orphapackets.tar.gz", packed(packet("1", "One"), packet("2", "Two")))
    entries = entry("1", "One") + entry("2", "OBSOLETE: Two", "Inactive: Obsolete") + entry("3", "Three")
    newer = found(tmp_path, "new.zip", pack(entries, "2025-07-01"))
    contents = ordo.SOURCE.read({"packets": [packets], "english": [newer]})
    assert {term.id: term.status for term in contents.terms} == {
        "ORPHA:1": "active",
        "ORPHA:2": "withdrawn",
        "ORPHA:3": "active",
    }
    older = found(tmp_path, "old.zip", pack(entries, "2023-07-01"))
    contents = ordo.SOURCE.read({"packets": [packets], "english": [older]})
    assert {term.id: term.status for term in contents.terms} == {
        "ORPHA:1": "active",
        "ORPHA:2": "active",
        "ORPHA:3": "withdrawn",
    }


def test_older_packets_add_withdrawn_codes_only(tmp_path: Path) -> None:
    newest = found(tmp_path, "new.tar.gz", packed(packet("1", "One of today")))
    older = found(tmp_path, "old.tar.gz", packed(packet("1", "One"), packet("2", "Two")))
    contents = ordo.SOURCE.read({"packets": [newest, older]})
    assert {(term.id, term.label_en, term.status) for term in contents.terms} == {
        ("ORPHA:1", "One of today", "active"),
        ("ORPHA:2", "Two", "withdrawn"),
    }


@pytest.mark.parametrize(
    ("spoil", "wrong"),
    [
        (lambda content: content[: len(content) // 2], "terms_is_broken"),
        (lambda _: b"", "terms_too_small"),
        (lambda _: b"<!DOCTYPE html><html></html>", "terms_is_a_page"),
        (lambda _: packed(), "terms_other_release"),
        (lambda _: packed({"ORPHAcode": "1"}), "terms_other_release"),
    ],
    ids=["truncated", "empty", "html", "without packets", "other packets"],
)
def test_broken_packets_are_refused(tmp_path: Path, shared: Path, spoil: Callable[[bytes], bytes], wrong: str) -> None:
    whole = (shared / "reference" / "orphanet" / "orphapackets_2025-12-09_json.tar.gz").read_bytes()[:2_000_000]
    packets = found(tmp_path, "orphapackets.tar.gz", spoil(whole))
    with pytest.raises(ReleaseError, match=rf"^{wrong}: .*orphapackets\.tar\.gz"):
        ordo.SOURCE.read({"packets": [packets]})


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "terms_too_small"),
        (b"<html>", "terms_is_a_page"),
        (pack(entry("1", "One"), "2023")[:-40], "terms_is_broken"),
        (pack("<Disorder>", "2023"), "terms_is_broken"),
        (pack("", "2023"), "terms_other_release"),
        (pack(entry("1", "One"), "2023", name="other.xml"), "terms_other_release"),
    ],
    ids=["empty", "html", "truncated", "broken XML", "without codes", "other documents"],
)
def test_broken_nomenclature_is_refused(tmp_path: Path, content: bytes, wrong: str) -> None:
    packets = found(tmp_path, "orphapackets.tar.gz", packed(packet("1", "One")))
    with pytest.raises(ReleaseError, match=rf"^{wrong}: .*Pack_EN\.zip"):
        ordo.SOURCE.read({"packets": [packets], "english": [found(tmp_path, "Pack_EN.zip", content)]})
