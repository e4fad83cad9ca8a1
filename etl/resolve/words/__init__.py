"""Words that stand for an identifier: what each kind of them needs beyond the common lexicon."""
