"""Terms by their names: search as people type, and the Reconciliation Service API, both over what a release keeps."""
