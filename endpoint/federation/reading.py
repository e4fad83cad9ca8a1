"""Reads the answer of a service to its end, in a process of its own: one that nests deeply ends it, and nothing else.

Oxigraph reads terms within terms by recursion, and what overflows the stack ends the process. It is started by
``endpoint.federation.calling`` with the answer as its standard input, and writes what is wrong with it.
"""

import resource
import sys

import pyoxigraph as ox

_MEMORY = 2**30
"""Bytes that reading may take: rows are read one by one."""


def main(media_type: str) -> None:
    """Read all rows of an answer in this media type; end with 1 if that cannot be done."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    form = ox.QueryResultsFormat.from_media_type(media_type)
    try:
        rows = ox.parse_query_results(sys.stdin.buffer, format=form)
        if isinstance(rows, ox.QuerySolutions):
            for _ in rows:
                pass
    except (SyntaxError, ValueError, OSError) as error:
        sys.stdout.write(str(error))
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
