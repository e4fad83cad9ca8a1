"""Resolving: cells to identifiers and values."""
