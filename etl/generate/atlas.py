"""The records of a synthetic atlas of any size, in the proportions that the *Atlas du muscle* published."""

from collections.abc import Callable

import polars as pl

from etl.generate.biopsies import draw_biopsies
from etl.generate.captions import Captions
from etl.generate.catalogue import Catalogue
from etl.generate.dice import Dice, apportion
from etl.generate.individuals import draw_animals, draw_people
from etl.generate.kinds import SEVERAL
from etl.generate.photographs import Photograph, draw_photographs

# Romero and Cadot 2021, doi:10.1051/myolog/202123005: 5,006 photographs.
PATIENTS, ANIMALS = 4535, 471
ELECTRON, LIGHT = 1540, 3466

CREDIT = "Muscle Atlas, synthetic record"
CONTRIBUTOR = "Muscle Atlas"
LICENCE = "CC0 1.0"
PICTURE = "{image_id}.jpg"


def generate_records(count: int, seed: int) -> pl.DataFrame:
    """Return ``count`` records as a table of text under canonical headings, one row a photograph.

    The same count and seed give the same records everywhere. People, ages and variants are made up; which gene causes
    which disease is real, and every record says that it is synthetic. At 5,006 there are the published numbers of
    photographs of patients, of animals and by electron microscopy, and 72 genes, 85 diseases, 17 families, 27 muscles
    and 57 stains in use; at other sizes the same proportions, by the largest remainder, and as many of these as fit.

    Raises:
        ValueError: if ``count`` is less than one.
    """
    if count < 1:
        raise ValueError(f"{count} records: at least one")
    dice, catalogue = Dice(seed), Catalogue()
    people, animals = apportion(count, (PATIENTS, ANIMALS))
    electron, _ = apportion(count, (ELECTRON, LIGHT))
    of_people, of_animals = apportion(electron, (people, animals))
    biopsies = []
    for photographs, electrons, draw in ((people, of_people, draw_people), (animals, of_animals, draw_animals)):
        if photographs:
            biopsies += draw_biopsies(photographs - electrons, electrons, draw, catalogue, dice)
    return _tabulate(draw_photographs(biopsies, catalogue, dice))


def name_pictures(records: pl.DataFrame) -> pl.DataFrame:
    """Return records with the column ``image``: the file that each is to be drawn in."""
    names = pl.format(PICTURE.replace("{image_id}", "{}"), "image_id").alias("image")
    return records.select("image_id", names, pl.exclude("image_id"))


def _tabulate(photographs: list[Photograph]) -> pl.DataFrame:
    """Return one row a photograph, every cell as text, null where there is nothing to say."""
    english, french = Captions("en"), Captions("fr")
    width = max(5, len(str(len(photographs))))
    numbers = range(1, len(photographs) + 1)
    columns: dict[str, Callable[[Photograph], str | None]] = {
        "individual_id": lambda photograph: photograph.biopsy.individual.identifier,
        "specimen_id": lambda photograph: photograph.biopsy.identifier,
        "species": lambda photograph: photograph.biopsy.individual.species,
        "strain": lambda photograph: photograph.biopsy.individual.strain,
        "genotype": lambda photograph: photograph.biopsy.individual.genotype,
        "treatment": lambda photograph: photograph.biopsy.individual.treatment,
        "status": lambda photograph: photograph.biopsy.individual.status,
        "sex": lambda photograph: photograph.biopsy.individual.sex,
        "age": lambda photograph: english.age(photograph.biopsy.age),
        "muscle": lambda photograph: photograph.biopsy.muscle.label.en,
        "side": lambda photograph: photograph.biopsy.side,
        "structure": lambda photograph: photograph.structure,
        "stain": lambda photograph: photograph.stain.label.en,
        "technique": lambda photograph: photograph.technique,
        "target": lambda photograph: photograph.stain.target,
        "magnification": lambda photograph: photograph.magnification.magnification,
        "pixel_size_um": lambda photograph: photograph.magnification.pixel_size_um,
        "gene": _gene,
        "variants": lambda photograph: photograph.biopsy.individual.variants,
        "zygosity": lambda photograph: photograph.biopsy.individual.zygosity,
        "inheritance": lambda photograph: photograph.biopsy.individual.inheritance,
        "disease": _disease,
        "findings": lambda photograph: SEVERAL.join(finding.label.en for finding in photograph.findings) or None,
        "caption_en": english.caption,
        "caption_fr": french.caption,
    }
    table = pl.DataFrame(
        {"image_id": pl.Series([f"SYN-{number:0{width}}" for number in numbers], dtype=pl.String)}
        | {name: pl.Series(map(tell, photographs), dtype=pl.String) for name, tell in columns.items()}
    )
    return table.with_columns(
        pl.lit(CONTRIBUTOR).alias("contributor"),
        pl.lit(LICENCE).alias("licence"),
        pl.lit(CREDIT).alias("credit"),
        pl.lit("yes").alias("synthetic"),
    )


def _gene(photograph: Photograph) -> str | None:
    individual = photograph.biopsy.individual
    if individual.species == "dog" and individual.diagnosis:
        # No table gives the orthologues of dogs: the record says itself which human gene it means.
        return f"{individual.diagnosis.gene} {individual.symbol}"
    return individual.symbol


def _disease(photograph: Photograph) -> str | None:
    individual = photograph.biopsy.individual
    diagnosed = individual.diagnosis if individual.status == "affected" else None
    return diagnosed.disease.en if diagnosed else None
