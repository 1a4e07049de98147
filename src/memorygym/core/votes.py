"""What judge models said of an answer, and what their votes come to."""

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Vote(NamedTuple):
    """What one judge model made of an answer."""

    model: str
    said: Literal["yes", "no", "unreadable", "failed"]
    """The last two are no verdict: its reply broke the form, or its provider failed."""
    quote: str = ""
    """The words of the answer that it judged by."""
    problem: str = ""
    """Why there is no verdict."""


@dataclass(frozen=True, slots=True)
class PanelVerdict:
    """What the votes come to."""

    votes: tuple[Vote, ...]

    @property
    def ruled(self) -> int:
        """How many of the models gave a verdict; the answer was not judged if none did."""
        return sum(vote.said in ("yes", "no") for vote in self.votes)

    @property
    def yes(self) -> int:
        """How many of them accept the answer."""
        return sum(vote.said == "yes" for vote in self.votes)

    @property
    def accepted(self) -> bool:
        """Whether most that ruled accept the answer; a tie rejects it."""
        return 2 * self.yes > self.ruled

    @property
    def verdict(self) -> bool | None:
        """The same, and None if the answer was not judged."""
        return self.accepted if self.ruled else None
