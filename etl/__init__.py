"""Records to release: read, resolve, describe, validate, publish."""
