"""A report as one page for people: readable on screen, on paper and by a screen reader."""

from __future__ import annotations

from refresh.reporting import pages, summary
from refresh.reporting.model import Report
from refresh.reporting.timeline import timeline
from refresh.reporting.words import plain


def as_html(report: Report) -> str:
    """Write a report as a page that fetches nothing.

    Args:
        report: The event.

    Returns:
        HTML.
    """
    return pages.render(
        "report.html.j2",
        report=report,
        title=f"{summary.TITLES[report.kind]} {report.refresh_id}",
        headline=summary.headline(report),
        figures=summary.figures(report),
        details=summary.details(report),
        timeline=timeline(report),
        foretold=summary.foretold(report),
        allowed=list(summary.allowed(report)),
        runners=[summary.who(each) for each in report.runners],
        hashes=[(plain(name), value) for name, value in report.hashes.items()],
        control=summary.CONTROL,
        count_words=lambda change: summary.count_words(change.model_dump()),
        unit="rows" if report.database == "aurora" else "documents",
    )
