"""Walks down and up a hierarchy of terms."""

from collections import defaultdict
from collections.abc import Collection, Mapping


def at_or_below(tops: Collection[str], parents: Mapping[str, Collection[str]]) -> set[str]:
    """Return the tops and everything below them, by what is directly above each term."""
    children = defaultdict(set)
    for child, above in parents.items():
        for parent in above:
            children[parent].add(child)
    return at_or_above(tops, children)


def at_or_above(ids: Collection[str], parents: Mapping[str, Collection[str]]) -> set[str]:
    """Return the ids and everything above them."""
    seen, waiting = set(ids), list(ids)
    while waiting:
        above = [curie for curie in parents.get(waiting.pop(), ()) if curie not in seen]
        seen.update(above)
        waiting += above
    return seen
