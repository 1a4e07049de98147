"""The figures of the systems of a comparison, each with its interval over tasks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import TypeVar

from memorygym.core.trace_reader import CONDITIONS
from memorygym.runs.comparison.questions import (
    LeftOut,
    Systems,
    judged,
    mean_of,
    number_with,
    share_of,
)
from memorygym.runs.comparison.significance import (
    RECENCY,
    Questions,
    Scores,
    TaskKey,
    difference,
    gain,
    normalised_gain,
    share,
)
from memorygym.runs.comparison.system_specs import UNLIMITED
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.scoring.attribution import is_unreadable
from memorygym.stats import Estimate, estimate, mean_score

T = TypeVar("T")
Values = Mapping[TaskKey, float]
"""By task: a figure of those tasks that have it."""
STORE = ("precision", *CONDITIONS[1:])
"""Of the facts that the final entries state, the share in each of CONDITIONS."""
WITHHELD = ("write_loss", "retrieval_loss", *STORE)
"""Figures that are not stated if more than UNREAD_LIMIT of a memory's statements are unread."""
COUNTS: Mapping[str, Callable[[Measurement], float]] = {
    "model_calls": lambda m: m.ingest.calls + m.query.calls,
    "model_tokens": lambda m: m.ingest.tokens + m.query.tokens,
    # Ingest: of the memory's model, in events that ask nothing.
    "ingest_calls": attrgetter("ingest.calls"),
    "ingest_tokens": attrgetter("ingest.tokens"),
    "query_calls": attrgetter("query.calls"),
    "query_tokens": attrgetter("query.tokens"),
    # The contexts of all questions, and the memory's own model.
    "total": lambda m: sum(c.tokens for c in m.cases) + m.ingest.tokens + m.query.tokens,
    "cache_breaks": attrgetter("cache_breaks"),
    "cuts": attrgetter("cuts"),
    "empty": attrgetter("empty"),
    "overlong": attrgetter("overlong"),
    "limited": attrgetter("limited"),
    "repaired": attrgetter("repaired"),
    "peak": attrgetter("peak"),
    "writes": attrgetter("writes"),
}
"""Costs and counts of a memory per task; see Measurement."""


VERSUS = {
    "wins": (True, False), "regressions": (False, True),
    "both": (True, True), "neither": (False, False),
}  # fmt: skip
"""Whether a question is answered in full by the system, and by recency."""


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """All systems, by task."""

    systems: Systems
    left: LeftOut
    scores: Mapping[str, Scores]
    questions: Questions

    def faults(self) -> set[str]:
        """The systems that score more than with all that they held, by more than the interval."""
        losses = ((system, self._retrieval_loss(system)) for system in self.scores)
        return {system for system, loss in losses if loss and loss.high < 0}

    def figures(self, system: str) -> Mapping[str, Estimate | None]:
        own, minus = self.scores[system], self._difference
        asked, played = partial(self._asked, system), partial(self._played, system)
        none, oracle = (self.scores.get(name, {}) for name in ("none", "oracle"))
        figures = {
            "accuracy": share(own, self.questions) if own else None,
            "gain": gain(own, none, self.questions),
            "degradation": minus(system, "full"),  # Negative where the full history answers more.
            "normalised": normalised_gain(own, none, oracle, self.questions),
            "advantage": minus(system, RECENCY),
            **self._versus_recency(system),
            "exact": share(exact, self.questions) if (exact := asked(mean_of("exact"))) else None,
            "f1": _mean_score(asked(mean_of("f1")), self.questions),
            "write_loss": minus("oracle", UNLIMITED + system),
            "retrieval_loss": self._retrieval_loss(system),
            **self._facts(system),
            "view": _mean(asked(mean_of("tokens"))),
            **{name: _mean(played(count)) for name, count in COUNTS.items()},
        }
        withheld = WITHHELD if is_unreadable(unread_of(figures)) else ()
        return {**figures, **dict.fromkeys(withheld)}

    def _versus_recency(self, system: str) -> dict[str, Estimate | None]:
        """Shares of the questions by who answers them: the system, recency, both or neither."""
        found: dict[str, dict[TaskKey, float]] = {name: {} for name in VERSUS}
        for task, played in self.systems[system].items():
            if (other := self.systems.get(RECENCY, {}).get(task)) is None:
                continue
            theirs = {case.number: case.score == 1 for case in judged(other, self.left)}
            pairs = [(c.score == 1, theirs[c.number]) for c in judged(played, self.left)]
            for name, pair in VERSUS.items():
                if pairs:
                    found[name][task] = pairs.count(pair) / len(pairs)
        return {name: share(v, self.questions) if v else None for name, v in found.items()}

    def _facts(self, system: str) -> dict[str, Estimate | None]:
        """The figures that rest on reading what the memory showed and held."""
        asked, played = partial(self._asked, system), partial(self._played, system)
        figures = {
            "evidence_recall": _mean_score(
                asked(share_of("present", "needs")), asked(number_with("needs"))
            ),
            "stale_evidence_rate": _mean_score(
                asked(share_of("stale", "replaced")), asked(number_with("replaced"))
            ),
        }
        for name, part in (("unread_context", "shown"), ("unread_store", "held")):
            unread, stated = (
                played(attrgetter(f"{part}.{of}")) for of in ("unread_share", "stated")
            )
            figures[name] = share(unread, stated) if unread else None
        facts = {task: m.facts for task, m in self.systems[system].items() if any(m.facts.values())}
        held = {task: sum(counts.values()) for task, counts in facts.items()}
        for name, condition in zip(STORE, CONDITIONS, strict=True):
            shares = {task: counts[condition] / held[task] for task, counts in facts.items()}
            figures[name] = share(shares, held) if shares else None
        return figures

    def _retrieval_loss(self, system: str) -> Estimate | None:
        return self._difference(UNLIMITED + system, system)

    def _difference(self, system: str, other: str) -> Estimate | None:
        return difference(self.scores.get(system, {}), self.scores.get(other, {}), self.questions)

    def _asked(
        self, system: str, value: Callable[[Sequence[QuestionCase]], T | None]
    ) -> dict[TaskKey, T]:
        """A value of the questions that count, by task."""
        return self._played(system, lambda played: value(judged(played, self.left)))

    def _played(self, system: str, value: Callable[[Measurement], T | None]) -> dict[TaskKey, T]:
        figures = ((task, value(played)) for task, played in self.systems[system].items())
        return {task: figure for task, figure in figures if figure is not None}


def unread_of(figures: Mapping[str, Estimate | None]) -> float:
    """Share of the statements that were unread: of those shown, or of those held if more."""
    shares = (figures["unread_context"], figures["unread_store"])
    return max(share.mean if share else 0.0 for share in shares)


def _mean(values: Values) -> Estimate | None:
    """The mean over tasks of an amount, which is never below 0."""
    mean = estimate([*values.values()]) if values else None
    return replace(mean, low=max(0.0, mean.low)) if mean and mean.has_interval else mean


def _mean_score(values: Values, trials: Mapping[TaskKey, int]) -> Estimate | None:
    """The mean over tasks of a score of so many trials."""
    return mean_score([*values.values()], [trials[task] for task in values]) if values else None
