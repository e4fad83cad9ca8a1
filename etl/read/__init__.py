"""Reading records: files of rows to one table of text."""
