"""Moving on: which records of an atlas change meaning with other releases of the vocabularies."""
