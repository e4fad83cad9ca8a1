"""Walks up a hierarchy of terms."""

from collections.abc import Collection, Mapping


def with_ancestors(ids: Collection[str], parents: Mapping[str, Collection[str]]) -> set[str]:
    """Return the ids and everything above them."""
    seen, waiting = set(ids), list(ids)
    while waiting:
        above = [curie for curie in parents.get(waiting.pop(), ()) if curie not in seen]
        seen.update(above)
        waiting += above
    return seen
