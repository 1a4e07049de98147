"""The parameters of an instance."""

from dataclasses import dataclass

from memorygym.tracks._qa.generated import check, option, reveal_option


@dataclass(frozen=True, slots=True)
class CodeQASettings:
    """The settings of an instance, apart from its seed."""

    tokens: int = option("20k", "length of the instances", range(10_000, 10_000_001))
    """Tokens shown to the memory, within one percent."""
    questions: int = option(6, "questions per instance", range(1, 41))
    hops: tuple[int, ...] = option((1, 2, 3, 4), "hops of the questions, in turn", range(1, 5))
    reveal: str = reveal_option()
    form: str = option(
        "mixed",
        "show files, a debugging session that opens them, or both by turns (mixed)",
        ("files", "session", "mixed"),
    )
    near_miss: int = option(2, "siblings of each name and topic, with other values", range(9))
    stale: int = option(1, "earlier values of each answer, which no longer hold", range(9))
    distractor_density: int = option(
        25,
        "percent of the filler that mentions names in questions and similar names",
        range(101),
    )

    def __post_init__(self) -> None:
        """Raises BadSettings with what is possible."""
        check(self)
