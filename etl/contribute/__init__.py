"""Contributions of other teams: folders of records and pictures, with a file that says whose they are."""
