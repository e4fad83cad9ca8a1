"""Workbooks as reports: the curator's own comes back with the wrong cells coloured and commented."""
