"""The result of a verification: counts by question type, and every failure with its seed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from memorygym.core.track import Verification
from memorygym.core.types import JSON

CHANCE_LEVEL = 0.03
"""Highest accuracy that guessing may reach on any question type, over all tasks together."""
CHANCE_Z = 2.0
"""Standard errors above CHANCE_LEVEL that count as a failure, if there are two right guesses."""
PLACE_Z = 5.0
"""Standard errors above chance at which the place of the winner among the named counts as given
away."""
COLUMNS = {
    "asked": "  asked",
    "right": "  right",
    "removals": "  removed",
    "needed": "  needed",
    "careless": "  careless",
    "guessed": "  guessed",
    "stale_right": "  stale",
}
"""What is counted by question type, and how the table calls it.

right: answered from the full text. removals: messages removed, one at a time. needed: the reader
then refuses or is wrong. careless: of these, a careless reader is still right. guessed: right from
the question alone. stale_right: the value before the change is accepted.
"""


@dataclass(frozen=True, slots=True)
class FairnessFailure:
    """A question or a text that fails a check."""

    template: str
    seed: int
    event: int
    check: str
    detail: str

    def __str__(self) -> str:
        place = f"{self.template} seed {self.seed} event {self.event}"
        return f"{self.check}: {place}: {self.detail}"


@dataclass(slots=True)
class VerificationResult:
    """The result of a verification, over any number of tasks."""

    failures: list[FairnessFailure] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By question type and column of COLUMNS. Of "all": tasks; heldout, sentences in phrasings that
    the strong reader was not written for; heldout_misread, those of them that it misread. Of
    "winner": questions that name it first or last. Of "names": these questions, by their names."""

    def note_winner(self, names: Sequence[str], winner: str) -> None:
        """Counts the place of the winner if a question names it among others."""
        if len(names) > 1 and winner in names:
            self.counts["names", str(len(names))] += 1
            self.counts["winner", "first"] += names[0] == winner
            self.counts["winner", "last"] += names[-1] == winner

    def add(self, other: "VerificationResult") -> None:
        """Adds the counts and failures of another result."""
        self.counts.update(other.counts)
        self.failures += other.failures

    def close(self) -> None:
        """Adds the failures that need many tasks: what can be guessed."""
        places = self._places()
        limit = places["expected"] + PLACE_Z * places["variance"] ** 0.5
        for place in ("first", "last"):
            if places[place] > limit:
                self._fail("winner's place", f"{place}: {self._places_text()}")
        for name, tally in self._tallies().items():
            n, guessed = tally["asked"], tally["guessed"]
            limit = CHANCE_LEVEL + CHANCE_Z * (CHANCE_LEVEL * (1 - CHANCE_LEVEL) / n) ** 0.5
            if name != "abstention" and guessed > 1 and guessed / n > limit:
                detail = f"{name}: {guessed} of {n} right from the question alone"
                self._fail("chance level", detail)

    def _fail(self, check: str, detail: str) -> None:
        self.failures.append(FairnessFailure("all", -1, -1, check, detail))

    def _tallies(self) -> dict[str, dict[str, int]]:
        """The counts of COLUMNS by question type."""
        names = sorted(name for name, column in self.counts if column == "asked")
        return {name: {column: self.counts[name, column] for column in COLUMNS} for name in names}

    def _places(self) -> dict[str, float]:
        """How often the winner is named first and last, and how often either is by chance."""
        shares = [(1 / int(size), n) for (of, size), n in self.counts.items() if of == "names"]
        return {
            "asked": sum(n for _, n in shares),
            "first": self.counts["winner", "first"],
            "last": self.counts["winner", "last"],
            "expected": sum(n * share for share, n in shares),
            "variance": sum(n * share * (1 - share) for share, n in shares),
        }

    def _places_text(self) -> str:
        return (
            "{asked} questions name the winner among others: {first} first, {last} last (by chance"
            " {expected:.0f})."
        ).format_map(self._places())

    def verification(self) -> Verification:
        """A table by question type with all counts, and every failure with its seed."""
        tasks, heldout, misread = (
            self.counts["all", column] for column in ("tasks", "heldout", "heldout_misread")
        )
        lines = [f"{tasks} tasks", f"{'question type':<20}" + "".join(COLUMNS.values())]
        for name, tally in self._tallies().items():
            cells = (f"{tally[column]:{len(label)}}" for column, label in COLUMNS.items())
            lines.append(f"{name:<20}" + "".join(cells))
        lines += [
            "right: answered from the full text. removed: messages removed, one at a time.",
            "needed: the reader then refuses or is wrong. careless: of these, a reader that",
            "guesses from incomplete facts is still right. guessed: right from the question",
            "alone. stale: the value before a correction is accepted.",
            f"{heldout} sentences in phrasings unknown to the reader, {misread} misread.",
            self._places_text(),
        ]
        counts: dict[str, JSON] = {
            "tasks": tasks,
            "heldout_sentences": heldout,
            "heldout_misread": misread,
            "question_types": {name: dict(tally) for name, tally in self._tallies().items()},
            "winner_places": dict(self._places()),
        }
        return Verification([str(failure) for failure in self.failures], lines, counts)
