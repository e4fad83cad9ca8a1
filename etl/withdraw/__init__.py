"""Taking records back: out of every kept release, dump and cache, leaving a tombstone."""
