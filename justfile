# The chores of the project; CI calls the same commands (.ci/run).

# Build the example atlas and serve it.
demo:
    uv run muscle-atlas demo

# Test.
test *arguments:
    uv run pytest {{arguments}}

# Lint and check types.
lint:
    uv run ruff check
    uv run ruff format --check
    uv run mypy

# Mend what can be mended by itself.
mend:
    uv run ruff check --fix
    uv run ruff format

# Draw the tables of vocabularies and of the synthetic atlas again from the reference releases.
vocabulary shared="../shared":
    uv run python scripts/draw_vocabulary.py --shared {{shared}}
    uv run python scripts/draw_generation.py --shared {{shared}}

# Draw the list of questions in docs/queries.md again.
questions:
    uv run python scripts/draw_questions.py

# Measure a build beside Morph-KGC.
benchmark *arguments:
    uv run python -m benchmarks.build {{arguments}}

# Measure a validation beside pySHACL and pyrudof.
validate *arguments:
    uv run python -m benchmarks.validate {{arguments}}

# Ask the resolver words whose meaning is known.
resolve *arguments:
    uv run python -m benchmarks.resolve {{arguments}}

# Everything that CI asks.
ci:
    .ci/run
