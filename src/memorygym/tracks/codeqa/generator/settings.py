"""The parameters of an instance."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memorygym.core.errors import BadSettings

if TYPE_CHECKING:
    import argparse

VERSION = "codeqa-v3"
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
        for name, least, most, _, _ in _NUMBERS:
            if not least <= (value := getattr(self, name)) <= most:
                option = name.replace("_", "-")
                raise BadSettings(f"{option} {value} is out of range; choose {least} to {most}")


_NUMBERS = (
    ("questions", 1, 40, "N", "questions per instance"),
    ("near_miss", 0, 8, "N", "siblings of each name and topic, with other values"),
    ("stale", 0, 8, "N", "earlier values of each answer, which no longer hold"),
    ("distractor_density", 0, 100, "PERCENT",
     "percent of the filler that mentions names in questions and similar names"),
)  # fmt: skip
"""Settings that are numbers: their bounds, and how help shows them."""


def add_options(group: "argparse._ArgumentGroup") -> None:
    """Adds the options that only this track has."""
    group.add_argument(
        "--form",
        default="mixed",
        choices=FORMS,
        help="show files, a debugging session that opens them, or both by turns (mixed)",
    )
    group.add_argument(
        "--hops",
        default="1,2,3,4",
        metavar="LIST",
        help="hops of the questions, in turn (1,2,3,4)",
    )
    defaults = CodeQASettings(SHORTEST)
    for name, _, _, metavar, text in _NUMBERS:
        option, default = f"--{name.replace('_', '-')}", getattr(defaults, name)
        help_text = f"{text} ({default})"
        group.add_argument(option, type=int, default=default, metavar=metavar, help=help_text)
