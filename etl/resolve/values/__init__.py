"""Values with a grammar of their own: ages, dates, variants, publications, scales, answers."""
