"""Muscle Atlas: the command line and what its rooms share (names, settings, the layout of a release)."""

__version__ = "0.1.0"
