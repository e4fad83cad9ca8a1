"""Reports: what a build, a check or a validation came to, and the files it is written to, one form a module."""
