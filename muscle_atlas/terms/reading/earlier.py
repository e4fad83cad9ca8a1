"""Earlier releases: what the newest no longer holds is withdrawn, and still found."""

from muscle_atlas.terms.slices import Contents


def add_gone(contents: Contents, earlier: Contents) -> None:
    """Add to the newest contents, as withdrawn, what an earlier release held and they do not, under its label."""
    held = {term.id for term in contents.terms}
    gone = {term.id for term in earlier.terms} - held
    contents.terms += [term._replace(status="withdrawn") for term in earlier.terms if term.id in gone]
    contents.names += [name for name in earlier.names if name.term in gone and name.tier == "label"]
    contents.successors += [one for one in earlier.successors if one.term in gone]
