"""Pictures: the files and addresses that records name, to derivatives without metadata that a release holds."""
