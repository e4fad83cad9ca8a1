"""Curation: tables of words as curators edit them, checked, mended, and proposed."""
