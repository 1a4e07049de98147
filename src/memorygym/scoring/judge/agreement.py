"""The agreement of a judge with a reference: the typed grader (traces) or labels (rows)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import NamedTuple

from memorygym.core.outcome import Outcome
from memorygym.core.trace import Judgement, Trace
from memorygym.core.types import JSON
from memorygym.stats import wilson

Pair = tuple[bool, bool | None]
"""The verdicts of the reference and of the judge; None if the judge gave none."""


class Rate(NamedTuple):
    """A share: k of n."""

    k: int
    n: int

    def to_json(self) -> dict[str, JSON]:
        """The counts, the rate and its 95 % Wilson interval."""
        low, high = wilson(self.k, self.n) if self.n else (0.0, 1.0)
        rate = round(self.k / self.n, 6) if self.n else None
        interval: list[JSON] = [round(low, 6), round(high, 6)]
        return {"k": self.k, "n": self.n, "rate": rate, "interval": interval}

    def __str__(self) -> str:
        """The share as tables show it.

        >>> str(Rate(1, 30)), str(Rate(0, 0))
        ('1/30  3.3 % [0.6, 16.7]', '0/0')
        """
        if not self.n:
            return "0/0"
        low, high = wilson(self.k, self.n)
        return (
            f"{self.k}/{self.n} {100 * self.k / self.n:4.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """Numbers of answers by the verdicts of the reference and of the judge."""

    both: int
    """Accepted by both."""
    reference: int
    """Accepted by the reference alone."""
    judge: int
    """Accepted by the judge alone."""
    neither: int
    not_judged: int

    @property
    def n(self) -> int:
        """Answers with a verdict of both."""
        return self.both + self.reference + self.judge + self.neither

    @property
    def raw(self) -> float | None:
        """The share of these answers on which they agree."""
        return (self.both + self.neither) / self.n if self.n else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa: (observed − expected) / (1 − expected) agreement; None if expected is 1.

        Source: Cohen 1960, A coefficient of agreement for nominal scales.

        >>> tabulate([(True, True), (True, False), (False, False), (False, False)]).kappa
        0.5
        """
        if self.raw is None:
            return None
        yes, accepted = self.both + self.reference, self.both + self.judge
        expected = (yes * accepted + (self.n - yes) * (self.n - accepted)) / self.n**2
        return None if expected == 1 else (self.raw - expected) / (1 - expected)

    @property
    def false_accepts(self) -> Rate:
        """The share of the answers rejected by the reference that the judge accepts."""
        return Rate(self.judge, self.judge + self.neither)

    @property
    def false_rejects(self) -> Rate:
        """The share of the answers accepted by the reference that the judge rejects."""
        return Rate(self.reference, self.reference + self.both)

    def __add__(self, other: "Agreement") -> "Agreement":
        """The agreement over the answers of both."""
        return Agreement(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    def to_json(self) -> dict[str, JSON]:
        """Counts, agreement, kappa, and rates with intervals."""
        return {
            "n": self.n,
            "not_judged": self.not_judged,
            "raw": None if self.raw is None else round(self.raw, 6),
            "kappa": None if self.kappa is None else round(self.kappa, 6),
            "false_accepts": self.false_accepts.to_json(),
            "false_rejects": self.false_rejects.to_json(),
        }

    def __str__(self) -> str:
        """The agreement in one line."""
        raw = "-" if self.raw is None else f"{100 * self.raw:.1f} %"
        kappa = "undefined" if self.kappa is None else f"{self.kappa:.2f}"
        return (
            f"{self.both + self.neither} of {self.n} answers judged alike ({raw}), kappa {kappa};"
            f" accepts {self.false_accepts} that it rejects,"
            f" rejects {self.false_rejects} that it accepts; {self.not_judged} not judged"
        )


def tabulate(pairs: Iterable[Pair]) -> Agreement:
    """The Agreement of pairs of verdicts."""
    counts = Counter(pairs)
    return Agreement(
        counts[True, True],
        counts[True, False],
        counts[False, True],
        counts[False, False],
        counts[True, None] + counts[False, None],
    )


def agreement_in(trace: Trace, graded: Iterable[Outcome]) -> Agreement | None:
    """The agreement of the judge with the typed grader on the answers that it judged, given the
    outcomes of the trace; None if it judged none.

    These include answers that the grader accepted only if the judge has `audit_accepted`.
    """
    verdicts = {r.event: r.panel_verdict for r in trace.records if isinstance(r, Judgement)}
    pairs = [
        (outcome.correct and not outcome.repaired, verdicts[outcome.goal.event].verdict)
        for outcome in graded
        if outcome.goal.event in verdicts
    ]
    return tabulate(pairs) if pairs else None
