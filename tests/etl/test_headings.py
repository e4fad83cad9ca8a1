"""Headings that are no column: what is mistyped is told with the right one, what is extra without a guess."""

import pytest

from etl.read.columns import Columns

COLUMNS = Columns()
OTHERS = (
    "Notes|Note|Date|Date of birth|Date de naissance|DDN|Date de prélèvement|Date of biopsy|Physician|"
    "Médecin|Médecin prescripteur|Hospital|Hôpital|Service|Operator|Opérateur|Technicien|Technician|Batch|"
    "Lot|Block|Bloc|Slide|Lame|N° lame|Slide number|Box|Boîte|Freezer|Congélateur|Storage|Stockage|"
    "Weight|Poids|Height|Taille|CK|CPK|EMG|Consent|Consentement|Project|Projet|Funding|Financement|"
    "Quality|Qualité|Camera|Caméra|Microscope|Exposure|Temps de pose|Temperature|Température|Fixation|"
    "Fixative|Fixateur|Thickness|Épaisseur|Date of report|Date du compte rendu|Signature|Validated by|"
    "Validé par|Ethnicity|Origine|Country|Pays|City|Ville|Email|Téléphone|Phone|Priority|Priorité|"
    "Price|Prix|Invoice|Facture|Name|Nom|Prénom|First name|Surname|Initials|Initiales|Sample type|Type|"
    "Year|Année|Month|Mois|Result|Résultat|Score|Grade|Stage|Stade|Rank|Rang|Index|Count|Nombre|"
    "Number|Numéro|Total|Status date|Reviewer|Relecteur|Folder|Dossier|Path|Chemin|Size|Format|Width|"
    "Largeur|Hauteur|Color|Couleur|Ref|URL|Link|Lien|Code|Center|Centre|Site web|Tissue|Tissu|Organ|"
    "Organe|Cell|Cellule|Protein|Protéine|Method|Méthode|Protocol|Protocole|Dilution|Clone|Supplier|"
    "Fournisseur|Antibody lot|Time|Heure|Diag date|Family history|Antécédents|Symptoms|Symptômes|"
    "Clinical signs|Signes cliniques|Onset|Age at onset|Âge de début|Ward|Room|Salle|Shelf|Rack|Tube|"
    "Position|Vial|Aliquot|RNA|DNA|ADN|ARN|RIN|Exome|Sequencing|Séquençage|NM|Transcript|Exon|"
    "Chromosome|Consanguinity|Consanguinité|Death|Décès|Department|Département|Stain date|Stained by|"
    "Coloré par|Photographer|Photographe|Photo date|Date photo|Objective|Objectif|Zoom|Scanner|Resolution|"
    "Résolution|Version|Checked|Vérifié|Urgent|Remarks by|Page|Image quality|Image date|Patient name|"
    "Nom du patient|Patient age group|Side effects|Stains done|Genetic test|Section thickness|Muscle weight|"
    "Muscle strength"
)
"""Columns that laboratories keep beside ours, in English and French."""
MISTYPED = {
    "Mucsle": "muscle",
    "Muslce": "muscle",
    "muscel": "muscle",
    "Muscle prelevee": "muscle",
    "colration": "stain",
    "Coloraton": "stain",
    "Staning": "stain",
    "stian": "stain",
    "Grossisement": "magnification",
    "Grosissement": "magnification",
    "Magnifcation": "magnification",
    "Diagnositc": "disease",
    "diagnsis": "disease",
    "Maladei": "disease",
    "Patholgie": "disease",
    "Gnee": "gene",
    "gene symbole": "gene",
    "Mutatoin": "variants",
    "Varaints": "variants",
    "Zygotsity": "zygosity",
    "zigosity": "zygosity",
    "Zygocité": "zygosity",
    "Inheritence": "inheritance",
    "Transmision": "inheritance",
    "Speices": "species",
    "Especes": "species",
    "imge_id": "image_id",
    "image_di": "image_id",
    "Image ID.": "image_id",
    "identifant": "image_id",
    "identifiant imge": "image_id",
    "Fichier imag": "image",
    "filname": "image",
    "Patient idd": "individual_id",
    "patientid": "individual_id",
    "identifiant pateint": "individual_id",
    "biospy": "specimen_id",
    "Biopsi": "specimen_id",
    "N° biospie": "specimen_id",
    "prelevment": "specimen_id",
    "Sexx": "sex",
    "Sexes": "sex",
    "Genr": "sex",
    "Age a la biopise": "age",
    "age at biospy": "age",
    "Agee": "age",
    "Latéralitée": "side",
    "barre d'echele": "scale_bar_um",
    "scale bra": "scale_bar_um",
    "Taille du pixl": "pixel_size_um",
    "Legendes": "caption_fr",
    "Comentaire": "comment",
    "comentaires": "comment",
    "Commnets": "comment",
    "Remarqe": "comment",
    "Licennce": "licence",
    "Contributer": "contributor",
    "Lesion": "findings",
    "lesoins": "findings",
    "observation": "findings",
    "anticrops": "target",
    "Technqiue": "technique",
    "microscopie.": "technique",
    "Stucture": "structure",
    "Familly": "family",
    "famile": "family",
    "Genotyp": "genotype",
    "Traitment": "treatment",
    "statu": "status",
    "Laboratoir": "contributor",
    "Referance": "source",
}


def test_extra_headings_get_no_suggestion() -> None:
    guessed = {heading: COLUMNS.nearest(heading) for heading in OTHERS.split("|") if not COLUMNS.find(heading)}
    assert {heading: near for heading, near in guessed.items() if near} == {}


@pytest.mark.parametrize(("heading", "column"), MISTYPED.items())
def test_the_right_heading_is_offered_first_for_a_mistyped_one(heading: str, column: str) -> None:
    assert COLUMNS.find(heading) is None
    first, *_ = COLUMNS.nearest(heading)
    assert COLUMNS.find(first) == column
