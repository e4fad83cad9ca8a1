"""Reference releases of vocabularies, the slices kept of them, and the words that stand for their identifiers."""
