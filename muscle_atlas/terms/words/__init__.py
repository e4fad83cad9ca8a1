"""Words: what they stand for, by our tables and by the installed releases."""
