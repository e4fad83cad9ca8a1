"""Draws the committed vocabulary tables from the reference releases, one source a module."""
