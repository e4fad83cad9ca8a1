"""Checking what others send: their files go to a process of its own, and nothing of them is kept."""
