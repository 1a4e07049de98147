"""What verification found: counts by competency, and every failure with its seed."""

from dataclasses import asdict, dataclass, field

from memorygym.core.types import JSON

GUESS_FLOOR = 0.03
"""No kind of question, pooled, may be guessed more often."""
GUESS_Z = 2.0
"""A floor fails if the excess is beyond that many standard errors, and not by one lucky guess."""
MOST_SHOWN = 50
"""Failures that are printed."""


@dataclass(slots=True)
class CompetencyTally:
    """Counts of one competency."""

    asked: int = 0
    right: int = 0
    """With everything told."""
    removals: int = 0
    """Messages taken away, one at a time."""
    needed: int = 0
    """Removals after which the strong reader refused or erred."""
    careless: int = 0
    """Removals after which a careless reader was still right."""
    guessed: int = 0
    stale_right: int = 0
    """Right with the value as it was before the change."""

    def add(self, other: "CompetencyTally") -> None:
        """Sums both."""
        for name in CompetencyTally.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class FairnessFailure:
    """A question or a text that breaks the proof."""

    template: str
    seed: int
    event: int
    check: str
    detail: str


@dataclass(slots=True)
class VerificationResult:
    """What verification found, over any number of worlds."""

    worlds: int = 0
    tallies: dict[str, CompetencyTally] = field(default_factory=dict)
    failures: list[FairnessFailure] = field(default_factory=list)
    heldout: int = 0
    """Sentences in phrasing families that the reader was not written for."""
    heldout_misread: int = 0

    def add(self, other: "VerificationResult") -> None:
        """Takes another proof in."""
        self.worlds += other.worlds
        self.heldout += other.heldout
        self.heldout_misread += other.heldout_misread
        self.failures += other.failures
        for name, tally in other.tallies.items():
            self.tallies.setdefault(name, CompetencyTally()).add(tally)

    def close(self) -> None:
        """Judges what only shows over many worlds: the guess floors."""
        for name, tally in sorted(self.tallies.items()):
            n = tally.asked
            error = (GUESS_FLOOR * (1 - GUESS_FLOOR) / n) ** 0.5
            excess = tally.guessed / n - GUESS_FLOOR
            if name != "abstention" and tally.guessed > 1 and excess > GUESS_Z * error:
                text = f"{name}: {tally.guessed} of {n}"
                self.failures.append(FairnessFailure("all", -1, -1, "guess floor", text))

    def to_json(self) -> dict[str, JSON]:
        """Counts and failures."""
        return {
            "worlds": self.worlds,
            "heldout_sentences": self.heldout,
            "heldout_misread": self.heldout_misread,
            "competencies": {name: asdict(tally) for name, tally in sorted(self.tallies.items())},
            "failures": [asdict(failure) for failure in self.failures],
        }

    def text(self) -> str:
        """Counts by competency, then every failure with its seed."""
        lines = [
            f"{'competency':<20}{'asked':>7}{'right':>7}{'removed':>9}{'needed':>8}"
            f"{'careless':>10}{'guessed':>9}{'stale':>7}"
        ]
        for name, t in sorted(self.tallies.items()):
            lines.append(
                f"{name:<20}{t.asked:7}{t.right:7}{t.removals:9}{t.needed:8}"
                f"{t.careless:10}{t.guessed:9}{t.stale_right:7}"
            )
        lines += [
            "right: with everything told. removed: messages taken away one at a time;",
            "needed: the reader then refuses or errs; careless: a reader who answers anyway",
            "is still right. guessed: right from the question alone. stale: right with the",
            "replaced value.",
            f"{self.heldout} sentences in held-out phrasings, {self.heldout_misread} misread.",
        ]
        for failure in self.failures[:MOST_SHOWN]:
            lines.append(
                f"FAILS {failure.check}: {failure.template} seed {failure.seed} event"
                f" {failure.event}: {failure.detail}"
            )
        more = len(self.failures) - MOST_SHOWN
        lines += [f"… and {more} more"] if more > 0 else []
        lines.append(f"{self.worlds} worlds, {len(self.failures)} failures")
        return "\n".join(lines)
