"""The parameters of an instance."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memorygym.core.errors import BadSettings

if TYPE_CHECKING:
    import argparse

VERSION = "codeqa-v2"
FORMS = ("files", "session", "mixed")
MOST_HOPS = 4
SHORTEST, LONGEST = 10_000, 10_000_000
"""Tokens that an instance may have."""


@dataclass(frozen=True, slots=True)
class CodeQASettings:
    """The settings of an instance, apart from its seed."""

    tokens: int
    """Tokens shown to the memory, within one percent."""
    questions: int = 6
    hops: tuple[int, ...] = (1, 2, 3, 4)
    """Hops of the questions, in turn."""
    form: str = "mixed"
    near_miss: int = 2
    """Siblings of each name and topic."""
    stale: int = 1
    """Earlier values that no longer hold, for each question that can have them."""
    distractor_density: int = 25
    """Percent of the filler that mentions names in questions."""

    def __post_init__(self) -> None:
        """Raises BadSettings with what is possible."""
        if self.form not in FORMS:
            raise BadSettings(f"no form {self.form!r}; choose from {', '.join(FORMS)}")
        if not self.hops or not all(1 <= hops <= MOST_HOPS for hops in self.hops):
            raise BadSettings(f"hops {self.hops} are out of reach; choose from 1 to {MOST_HOPS}")
        if not SHORTEST <= self.tokens <= LONGEST:
            raise BadSettings(
                f"{self.tokens:,} tokens are out of reach; a package has from {SHORTEST:,}"
                f" to {LONGEST:,}"
            )
        for name, value, least, most in (
            ("questions", self.questions, 1, 40),
            ("near-miss", self.near_miss, 0, 8),
            ("stale", self.stale, 0, 8),
            ("distractor-density", self.distractor_density, 0, 100),
        ):
            if not least <= value <= most:
                raise BadSettings(f"{name} {value} is out of range; choose {least} to {most}")


def add_options(group: "argparse._ArgumentGroup") -> None:
    """Adds the options that only this track has."""
    group.add_argument(
        "--form",
        default="mixed",
        choices=("files", "session", "mixed"),
        help="show files, a debugging session that opens them, or both by turns (mixed)",
    )
    for name, kind, default, metavar, help_text in (
        ("questions", int, 6, "N", "questions per instance (6)"),
        ("hops", str, "1,2,3,4", "LIST", "hops of the questions, in turn (1,2,3,4)"),
        ("near-miss", int, 2, "N", "siblings of each name and topic, with other values (2)"),
        ("stale", int, 1, "N", "earlier values of each answer, which no longer hold (1)"),
        (
            "distractor-density",
            int,
            25,
            "PERCENT",
            "percent of the filler that mentions names in questions and similar names (25)",
        ),
    ):
        group.add_argument(f"--{name}", type=kind, default=default, metavar=metavar, help=help_text)
