"""The result of a verification: counts by question type, and every failure with its seed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from memorygym.core.types import JSON

CHANCE_LEVEL = 0.03
"""Highest accuracy that guessing may reach on any question type, over all tasks together."""
CHANCE_Z = 2.0
"""Standard errors above CHANCE_LEVEL that count as a failure, if there are two right guesses."""
PLACE_Z = 5.0
"""Standard errors above chance at which the place of the winner among the named counts as given
away."""
MOST_SHOWN = 50
"""Most failures that are printed."""


@dataclass(slots=True)
class QuestionTypeTally:
    """Counts of one question type."""

    asked: int = 0
    right: int = 0
    """Answered rightly from the full text."""
    removals: int = 0
    """Messages removed, one at a time."""
    needed: int = 0
    """Removals after which the strong reader refused or was wrong."""
    careless: int = 0
    """Of those, removals after which a careless reader was still right."""
    guessed: int = 0
    """Answered rightly from the question alone."""
    stale_right: int = 0
    """Questions for which the value before the change was accepted."""

    def add(self, other: "QuestionTypeTally") -> None:
        """Adds the counts of another tally."""
        for name in QuestionTypeTally.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class WinnerPlaces:
    """At which place questions name the entity that is their answer."""

    asked: int = 0
    first: int = 0
    last: int = 0
    expected: float = 0.0
    """Times that either place would be right by chance."""
    variance: float = 0.0

    def note(self, names: Sequence[str], winner: str) -> None:
        """Counts a question if it names its winner among others."""
        if len(names) > 1 and winner in names:
            share = 1 / len(names)
            other = WinnerPlaces(1, names[0] == winner, names[-1] == winner, share)
            self.add(replace(other, variance=share * (1 - share)))

    def add(self, other: "WinnerPlaces") -> None:
        """Adds the counts of another."""
        for name in WinnerPlaces.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def given_away(self) -> list[str]:
        """Which of the two places is right far more often than by chance."""
        limit = self.expected + PLACE_Z * self.variance**0.5
        return [name for name in ("first", "last") if getattr(self, name) > limit]

    def text(self) -> str:
        """The counts in a sentence."""
        return (
            f"{self.asked} questions name the winner among others: {self.first} first,"
            f" {self.last} last (by chance {self.expected:.0f})."
        )


@dataclass(frozen=True, slots=True)
class FairnessFailure:
    """A question or a text that fails a check."""

    template: str
    seed: int
    event: int
    check: str
    detail: str


@dataclass(slots=True)
class VerificationResult:
    """The result of a verification, over any number of tasks."""

    tasks: int = 0
    tallies: dict[str, QuestionTypeTally] = field(default_factory=dict)
    failures: list[FairnessFailure] = field(default_factory=list)
    heldout: int = 0
    """Sentences in phrasings that the strong reader was not written for."""
    heldout_misread: int = 0
    """Those of them from which it read a wrong value."""
    places: WinnerPlaces = field(default_factory=WinnerPlaces)

    def add(self, other: "VerificationResult") -> None:
        """Adds the counts and failures of another result."""
        self.tasks += other.tasks
        self.heldout += other.heldout
        self.heldout_misread += other.heldout_misread
        self.failures += other.failures
        self.places.add(other.places)
        for name, tally in other.tallies.items():
            self.tallies.setdefault(name, QuestionTypeTally()).add(tally)

    def close(self) -> None:
        """Adds the failures that need many tasks: what can be guessed."""
        for place in self.places.given_away():
            detail = f"{place}: {self.places.text()}"
            self.failures.append(FairnessFailure("all", -1, -1, "winner's place", detail))
        for name, tally in sorted(self.tallies.items()):
            n = tally.asked
            error = (CHANCE_LEVEL * (1 - CHANCE_LEVEL) / n) ** 0.5
            excess = tally.guessed / n - CHANCE_LEVEL
            if name != "abstention" and tally.guessed > 1 and excess > CHANCE_Z * error:
                text = f"{name}: {tally.guessed} of {n} right from the question alone"
                self.failures.append(FairnessFailure("all", -1, -1, "chance level", text))

    def to_json(self) -> dict[str, JSON]:
        """Counts and failures."""
        return {
            "tasks": self.tasks,
            "heldout_sentences": self.heldout,
            "heldout_misread": self.heldout_misread,
            "question_types": {name: asdict(tally) for name, tally in sorted(self.tallies.items())},
            "winner_places": asdict(self.places),
            "failures": [asdict(failure) for failure in self.failures],
        }

    def text(self) -> str:
        """A table by question type, then every failure with its seed."""
        lines = [
            f"{'question type':<20}{'asked':>7}{'right':>7}{'removed':>9}{'needed':>8}"
            f"{'careless':>10}{'guessed':>9}{'stale':>7}"
        ]
        for name, t in sorted(self.tallies.items()):
            lines.append(
                f"{name:<20}{t.asked:7}{t.right:7}{t.removals:9}{t.needed:8}"
                f"{t.careless:10}{t.guessed:9}{t.stale_right:7}"
            )
        lines += [
            "right: answered from the full text. removed: messages removed, one at a time.",
            "needed: the reader then refuses or is wrong. careless: of these, a reader that",
            "guesses from incomplete facts is still right. guessed: right from the question",
            "alone. stale: the value before a correction is accepted.",
            f"{self.heldout} sentences in phrasings unknown to the reader,"
            f" {self.heldout_misread} misread.",
            self.places.text(),
        ]
        for failure in self.failures[:MOST_SHOWN]:
            lines.append(
                f"FAILS {failure.check}: {failure.template} seed {failure.seed} event"
                f" {failure.event}: {failure.detail}"
            )
        more = len(self.failures) - MOST_SHOWN
        lines += [f"… and {more} more"] if more > 0 else []
        lines.append(f"{self.tasks} tasks, {len(self.failures)} failures")
        return "\n".join(lines)
