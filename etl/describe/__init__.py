"""Describing: records, vocabularies and the release itself, as quads."""
