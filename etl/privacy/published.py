"""The report that stands in a release: what is published, and therefore holds nothing of what was given."""

from typing import Any

from etl.reports.report import Report


def published_report(report: Report) -> dict[str, Any]:
    """Return a report without its problems, which are counted by rule.

    A value that was screened, an id that became a pseudonym, or the name of a file would leave with the release.
    """
    return {**report.head(), "summary": [line.as_json() for line in report.summary()]}
