"""Privacy: what of persons is published, and how many of them it singles out."""
