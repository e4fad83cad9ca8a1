"""Validating: graphs with the shapes, told to those who can mend them."""
