"""What those who run the server watch, in the text format of Prometheus: how many, how long, how it ended."""

from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from endpoint.atlas import Atlas
from endpoint.cages.pool import Pool
from endpoint.query.answers import Answers

router = APIRouter(tags=["operation"])

_PREFIX = "muscle_atlas"


class _Operation(Collector):
    """Reads, when it is asked, what the server counts anyway."""

    def __init__(self, atlas: Atlas, pool: Pool, answers: Answers) -> None:
        self._atlas = atlas
        self._pool = pool
        self._answers = answers

    def collect(self) -> Iterator[Metric]:
        pool, answers, opened = self._pool, self._answers, self._atlas.current()
        ended = CounterMetricFamily(
            f"{_PREFIX}_queries", "Queries by how they ended: answered, or why they were not.", labels=["outcome"]
        )
        for outcome, number in sorted(pool.ended.items()):
            ended.add_metric([outcome], number)
        yield ended
        yield GaugeMetricFamily(f"{_PREFIX}_queries_running", "Queries that run now.", pool.running)
        yield GaugeMetricFamily(f"{_PREFIX}_queries_waiting", "Requests that wait for their turn.", pool.waiting)
        seconds = HistogramMetricFamily(f"{_PREFIX}_query_seconds", "How long queries ran.")
        seconds.add_metric([], *pool.durations.told())
        yield seconds
        yield GaugeMetricFamily(f"{_PREFIX}_cages", "Processes that stand open for queries.", pool.cages)
        yield CounterMetricFamily(f"{_PREFIX}_cages_started", "Processes that were started.", pool.started)
        yield CounterMetricFamily(f"{_PREFIX}_answers_kept_used", "Requests answered from what is kept.", answers.hits)
        yield GaugeMetricFamily(f"{_PREFIX}_answers_kept_bytes", "Bytes of answers that are kept.", answers.taken)
        yield GaugeMetricFamily(f"{_PREFIX}_images", "Photographs of the release.", opened.report["images"])
        yield InfoMetricFamily(f"{_PREFIX}_release", "The release that is served.", {"version": opened.release.version})


def registry_of(atlas: Atlas, pool: Pool, answers: Answers) -> CollectorRegistry:
    """Return what ``/metrics`` tells of a server."""
    registry = CollectorRegistry()
    registry.register(_Operation(atlas, pool, answers))
    ProcessCollector(registry=registry)
    return registry


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
def metrics(request: Request) -> Response:
    """Tell how the server is doing."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_PLAIN_0_0_4)
