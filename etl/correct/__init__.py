"""Correcting files of records: the cells that are named, and nothing else."""
