"""The choice of a policy on the command line: its key is read, or told to be unusable."""

from pathlib import Path

from etl.privacy.policy import Policy
from etl.privacy.pseudonyms import KeyFileError, read_key
from muscle_atlas.report import Printer
from muscle_atlas.settings import Settings
from muscle_atlas.usage import StopError


def chosen_policy(
    settings: Settings, data: Path | None, *, pseudonymise: Path | None, age_bands: bool, k: int | None
) -> Policy:
    """Return the policy that options ask for.

    Raises:
        StopError: if the file of the key cannot be used.
    """
    try:
        pseudonyms = read_key(pseudonymise, data) if pseudonymise else None
    except KeyFileError as error:
        raise StopError(Printer(settings.language).say(error.word, **error.values)) from error
    return Policy(pseudonyms, age_bands, k)
