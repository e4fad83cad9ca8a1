"""Terms: reference releases of vocabularies, slices kept of them, words that stand for identifiers."""
