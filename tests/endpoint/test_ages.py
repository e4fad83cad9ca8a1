"""Ages on pages: in the unit a person would say, in both languages."""

import json
from pathlib import Path

import pytest

from endpoint.pages.ages import tell_age
from tests.conftest import HOUSE, Run
from tests.endpoint.conftest import Serve

WORDS = json.loads((HOUSE / "endpoint" / "web" / "words.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("age", "years", "english", "french"),
    [
        ("P36Y", 36.0, "36 years", "36 ans"),
        ("P1Y", 1.0, "1 year", "1 an"),
        ("P9M", 0.75, "9 months", "9 mois"),
        ("P1M", 0.0833, "1 month", "1 mois"),
        ("P1Y2M", 1.1667, "14 months", "14 mois"),
        ("P56D", 0.1533, "8 weeks", "8 semaines"),
        ("P7D", 0.0192, "1 week", "1 semaine"),
        ("P10D", 0.0274, "10 days", "10 jours"),
        ("PT0S", 0.0, "newborn", "nouveau-né"),
        ("P1Y3D", 1.0082, "1.0082 years", "1.0082 ans"),
        (None, 2.5, "2.5 years", "2.5 ans"),
        (None, None, "", ""),
    ],
)
def test_an_age_is_told_as_people_say_it(age: str | None, years: float | None, english: str, french: str) -> None:
    row = {"age": age, "age_years": years, "gestational_weeks": None}
    for language, told in (("en", english), ("fr", french)):
        words = {key: both[language] for key, both in WORDS.items()}
        assert tell_age(row, words) == told


def test_an_age_before_birth_is_told_in_weeks_of_gestation() -> None:
    row = {"age": None, "age_years": None, "gestational_weeks": 30}
    assert tell_age(row, {key: both["fr"] for key, both in WORDS.items()}) == "30 semaines d'aménorrhée"


def test_pages_say_months_and_show_real_photographs_before_synthetic_ones(
    serve: Serve, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "records.csv").write_text(
        "image_id,stain,gene,age,species,synthetic\n"
        "A-1,NADH,RYR1,10 months,human,yes\n"
        "B-1,NADH,Dmd,8 weeks,mouse,yes\n"
        "C-1,NADH,RYR1,1 year,human,\n",
        encoding="utf-8",
    )
    assert run("build", tmp_path / "records.csv", "--data", tmp_path / "data").returncode == 0
    with serve(tmp_path / "data") as client:
        for path in ("/", "/stain/NADH"):
            page = client.get(path, headers={"Accept": "text/html"})
            assert "10 months" in page.text
            assert "8 weeks" in page.text
            assert page.text.index("C-1") < page.text.index("A-1") < page.text.index("B-1")
