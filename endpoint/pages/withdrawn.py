"""What was taken back: since when it is gone, and why, for people and for programs."""

import pyoxigraph as ox

from endpoint.atlas import OpenRelease
from endpoint.negotiation import PAGE, RDF_FORMS, Form, find_form
from endpoint.problems import ProblemError

GONE = 410


def find_withdrawal(iri: str, opened: OpenRelease) -> ProblemError | None:
    """Return the problem that something was taken back; None of what was not."""
    reasons: dict[str, str] = {}
    date = ""
    for solution in opened.select("tombstone", iri=iri):
        label, moment = solution["label"], solution["moment"]
        if isinstance(label, ox.Literal) and isinstance(moment, ox.Literal):
            reasons[f"reason_{label.language}"] = label.value
            date = moment.value[:10]
    if not reasons:
        return None
    return ProblemError.of(GONE, "withdrawn", iri=iri, date=date, **reasons, members={"withdrawn": date})


def choose_data(accept: str | None, form: Form | None) -> Form | None:
    """Return the form of RDF that a client asks for, by suffix or ``Accept``; None where it names none.

    Who takes anything is told the problem, in words.
    """
    if form is None and accept and any(known.media_type in accept for known in RDF_FORMS):
        form = find_form(accept, (PAGE, *RDF_FORMS))
    return form if form is not PAGE else None
