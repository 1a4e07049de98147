"""The votes of judge models on an answer, and the verdict of the panel."""

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Vote(NamedTuple):
    """The vote of one judge model on an answer."""

    model: str
    outcome: Literal["yes", "no", "unreadable", "failed"]
    """Yes accepts the answer. Unreadable: the reply broke the form; failed: the provider did."""
    quote: str = ""
    """The words of the answer on which the vote rests."""
    problem: str = ""
    """Why the vote is neither yes nor no."""


@dataclass(frozen=True, slots=True)
class PanelVerdict:
    """The verdict of a panel of judge models: the majority of the votes that are yes or no."""

    votes: tuple[Vote, ...]

    @property
    def counted(self) -> int:
        """How many votes are yes or no; if none is, the answer was not judged."""
        return sum(vote.outcome in ("yes", "no") for vote in self.votes)

    @property
    def accepting(self) -> int:
        """How many votes are yes."""
        return sum(vote.outcome == "yes" for vote in self.votes)

    @property
    def accepted(self) -> bool:
        """Whether most of the counted votes accept the answer; a tie rejects it."""
        return 2 * self.accepting > self.counted

    @property
    def verdict(self) -> bool | None:
        """`accepted`, or None if the answer was not judged."""
        return self.accepted if self.counted else None
