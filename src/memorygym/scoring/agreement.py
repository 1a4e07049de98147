"""The agreement of a judge with a reference: the typed grader (traces) or labels (rows)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from memorygym.core.outcome import Outcome
from memorygym.core.trace import Judgement, Trace
from memorygym.core.types import JSON


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
    def kappa(self) -> float | None:
        """Cohen's kappa: (observed − expected) / (1 − expected) agreement; None if undefined.

        Source: Cohen 1960, A coefficient of agreement for nominal scales.

        >>> tabulate([(True, True), (True, False), (False, False), (False, False)]).kappa
        0.5
        """
        yes, accepted = self.both + self.reference, self.both + self.judge
        n = yes + self.judge + self.neither
        expected = yes * accepted + (n - yes) * (n - accepted)
        alike = self.both + self.neither
        return (alike * n - expected) / (n * n - expected) if n * n > expected else None

    def to_json(self) -> dict[str, JSON]:
        """The numbers and kappa."""
        kappa = self.kappa
        return {**asdict(self), "kappa": None if kappa is None else round(kappa, 6)}

    def __str__(self) -> str:
        """The agreement in one line.

        >>> print(Agreement(20, 5, 10, 15, 2))
        kappa 0.40; accepts 10 of 25 wrong answers, rejects 5 of 25 right ones; 2 not judged
        """
        return (
            f"kappa {'undefined' if self.kappa is None else format(self.kappa, '.2f')};"
            f" accepts {self.judge} of {self.judge + self.neither} wrong answers,"
            f" rejects {self.reference} of {self.reference + self.both} right ones"
            + (f"; {self.not_judged} not judged" if self.not_judged else "")
        )


def tabulate(pairs: Iterable[tuple[bool, bool | None]]) -> Agreement:
    """The Agreement of the verdicts of the reference and of the judge; None if it gave none."""
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
    outcomes of the trace; None if it judged none."""
    verdicts = {r.event: r.verdict for r in trace.records if isinstance(r, Judgement)}
    pairs = [
        (outcome.correct and not outcome.repaired, verdicts[outcome.goal.event])
        for outcome in graded
        if outcome.goal.event in verdicts
    ]
    return tabulate(pairs) if pairs else None
