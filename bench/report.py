"""Writes a run down: a table and a plot a work, with ratios to the best durable peer and to the limits."""

from collections.abc import Sequence
from statistics import median

from bench import limits
from bench.contender import Contender
from bench.page import DURABLE, PLOTS, fill_in, table
from bench.plot import Bar, plot
from bench.results import OTHERS, Results

HUNDRED = 100

Table = list[Sequence[str]]


class Report:
    """Tables and plots of one run."""

    def __init__(self, results: Results, contenders: Sequence[Contender]) -> None:
        """Report on these contenders, in their order."""
        self._results, self._contenders = results, contenders
        self._durable_peers = [one.name for one in contenders if one.is_peer and one.durable != "nothing"]

    def text(self) -> str:
        """All of it in Markdown, without headings."""
        tables = [self._w1(), self._w2(), self._w3(), self._w4(), self._limits()]
        parts = [self._circumstances(), *(table(rows) for rows in tables if len(rows) > 1)]
        return "\n\n".join([*parts, *(f"Not measured: {fault}" for fault in self._results.faults)])

    def write(self) -> None:
        """Put the tables into docs/performance.md, and the plots beside it."""
        pictures = self._plots()
        PLOTS.mkdir(exist_ok=True)
        for name, picture in pictures.items():
            (PLOTS / f"{name}.svg").write_text(picture)
        shown = "\n".join(f"![{name.upper()}]({PLOTS.name}/{name}.svg)" for name in pictures)
        fill_in("bench/run", f"{self.text()}\n\n{shown}")

    def _circumstances(self) -> str:
        others = self._results.others or [0]
        foreign = f"Other processes took {median(others):.2f} cores meanwhile (median; {max(others):.2f} at the most)."
        return f"{self._results.circumstances} {foreign}"

    def _w1(self) -> Table:
        head = ("W1: orders accepted", "a second", "p99 ms", "of FastAPI's POST", "of the best peer")
        rows: Table = [(*head, "a second while writing", "of its own", DURABLE)]
        for one in self._contenders:
            alone, writing = self._get(one, "w1", "rps"), self._get(one, "w1-writing", "rps")
            if alone is None and writing is None:
                continue
            ratios = (_ratio(alone, self._limit("FastAPI POST/s")), _ratio(alone, self._best("w1", "rps")))
            first = (one.name, _number(alone), _number(self._get(one, "w1", "p99 ms")), *ratios)
            rows.append((*first, _number(writing), _ratio(writing, alone), one.durable))
        return rows

    def _w2(self) -> Table:
        rows: Table = [
            ("W2: lessons", "a second", "of the best peer", "p50 ms", "p99 ms", "CPU ms", "servers' CPU ms", DURABLE)
        ]
        for one in self._measured("w2"):
            rate = self._get(one, "w2", "lessons/s")
            figures = [self._get(one, "w2", name) for name in ("p50 ms", "p99 ms", "CPU ms", "servers' CPU ms")]
            ratio = _ratio(rate, self._best("w2", "lessons/s"))
            rows.append((one.name, _number(rate), ratio, *map(_number, figures), one.durable))
        return rows

    def _w3(self) -> Table:
        rows: Table = [
            (
                "W3: 1,000 calls of 5 s",
                "seconds",
                "of 5 s",
                "of the best peer",
                "peak MiB",
                "CPU ms",
                "a poll's p99 ms",
                DURABLE,
            )
        ]
        for one in self._measured("w3"):
            seconds = self._get(one, "w3", "seconds")
            ratio = _ratio(seconds, self._results.best(self._durable_peers, "w3", "seconds", least=True))
            figures = [self._get(one, "w3", name) for name in ("peak MiB", "CPU ms", "poll p99 ms")]
            of_model = _ratio(self._get(one, "w3", "of the model's time"), 1)
            rows.append((one.name, _number(seconds), of_model, ratio, *map(_number, figures), one.durable))
        return rows

    def _w4(self) -> Table:
        rows: Table = [
            (
                "W4: polls answered",
                "a second",
                "p99 ms",
                "of FastAPI's GET",
                "of the best peer",
                "a second, 304",
                DURABLE,
            )
        ]
        for one in self._measured("w4"):
            rate, unchanged = self._get(one, "w4", "rps"), self._get(one, "w4", "unchanged rps")
            ratios = (_ratio(rate, self._limit("FastAPI GET/s")), _ratio(rate, self._best("w4", "rps")))
            rows.append(
                (
                    one.name,
                    _number(rate),
                    _number(self._get(one, "w4", "p99 ms")),
                    *ratios,
                    _number(unchanged),
                    one.durable,
                )
            )
        return rows

    def _limits(self) -> Table:
        measured = self._results.values.get(limits.NAME, {}).get(limits.NAME, {})
        limits_of = {name: median(values) for name, values in measured.items() if name != OTHERS}
        return [("Limits", "measured"), *((name, _number(value)) for name, value in limits_of.items())]

    def _plots(self) -> dict[str, str]:
        post, get = self._limit("FastAPI POST/s"), self._limit("FastAPI GET/s")
        return {
            "w1": plot("Orders accepted a second (paler: while writing)", self._bars("w1", "rps", "w1-writing"), post),
            "w2": plot("Lessons a second", self._bars("w2", "lessons/s")),
            "w3": plot("Seconds for 1,000 calls of 5 s: less is better", self._bars("w3", "seconds"), 5.0),
            "w4": plot("Polls answered a second", self._bars("w4", "rps"), get),
        }

    def _bars(self, work: str, figure: str, second: str = "") -> list[Bar]:
        return [
            Bar(one.name, value, one.is_peer, self._get(one, second, figure))
            for one in self._contenders
            if (value := self._get(one, work, figure)) is not None
        ]

    def _measured(self, work: str) -> list[Contender]:
        return [one for one in self._contenders if self._results.has(one.name, work)]

    def _get(self, contender: Contender, work: str, figure: str) -> float | None:
        return self._results.get(contender.name, work, figure)

    def _best(self, work: str, figure: str) -> float | None:
        return self._results.best(self._durable_peers, work, figure)

    def _limit(self, name: str) -> float | None:
        return self._results.get(limits.NAME, limits.NAME, name)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= HUNDRED else f"{value:.3g}"


def _ratio(value: float | None, to: float | None) -> str:
    return f"{value / to:.2f} x" if value is not None and to else ""
