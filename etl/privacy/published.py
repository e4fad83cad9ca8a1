"""The report that stands in a release: what is published, and therefore holds nothing of what was given."""

from collections import Counter
from typing import Any

from etl.problems import SEVERITIES
from etl.reports import Report


def published_report(report: Report) -> dict[str, Any]:
    """Return a report with its problems counted by rule, without files, rows, columns, values and messages.

    A value that was screened, an id that became a pseudonym, or the name of a file would leave with the release.
    """
    counts = Counter((problem.severity, problem.rule) for problem in report.problems)
    told = sorted(counts.items(), key=lambda one: (SEVERITIES.index(one[0][0]), one[0][1]))
    problems = [{"rule": rule, "severity": severity, "count": count} for (severity, rule), count in told]
    return {**report.as_json(), "problems": problems}
