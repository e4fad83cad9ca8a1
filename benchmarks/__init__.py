"""Benchmarks: figures against peers."""
