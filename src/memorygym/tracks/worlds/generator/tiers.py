"""The official sizes of a task (tiers), and options that change them."""

from dataclasses import dataclass, replace

from memorygym.core.errors import BadSettings, UnknownPart

QUESTIONS_A_WRITE = 20
"""Most questions per write; the facts for more would not fit the budget."""
MIX = ("retrieval", "update", "reasoning", "abstention")


@dataclass(frozen=True, slots=True)
class Tier:
    """The sizes of a task: entities, corrections, writes, sessions and questions."""

    entities: int
    corrections: int
    writes: int
    sessions: int
    mix: tuple[int, int, int, int]
    """Numbers of questions, in the order of MIX."""
    parts: int = 1
    """Documents over which the facts of an entity are spread. If there are several, names are alike
    and most reasoning questions describe an entity instead of naming it."""

    @property
    def questions(self) -> int:
        """Number of all questions."""
        return sum(self.mix)


TIERS = {
    "lite": Tier(30, 3, 15, 1, (3, 2, 4, 1)),
    "standard": Tier(60, 5, 30, 1, (6, 4, 7, 3)),
    "hard": Tier(120, 10, 30, 1, (12, 8, 14, 6)),
    "multi": Tier(60, 5, 30, 3, (6, 4, 7, 3)),
    "scattered": Tier(40, 5, 40, 1, (5, 3, 16, 0), parts=4),
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes that replace those of the tier; None keeps the tier's."""

    entities: int | None = None
    writes: int | None = None
    questions: int | None = None
    corrections: int | None = None
    tokens: int | None = None
    """Tokens of all events: entities are added, and noise fills the last 1 %."""


AS_TIER = Sizes()
"""The sizes of the tier, unchanged."""


def sized(tier: str, sizes: Sizes) -> Tier:
    """The tier with these sizes. Raises UnknownPart or BadSettings, which say what to give."""
    if tier not in TIERS:
        raise UnknownPart("tier", tier, TIERS)
    chosen = TIERS[tier]
    entities = chosen.entities if sizes.entities is None else sizes.entities
    scaled = max(1, round(entities * chosen.writes / chosen.entities))
    writes = scaled if sizes.writes is None else sizes.writes
    corrections = chosen.corrections if sizes.corrections is None else sizes.corrections
    mix = chosen.mix if sizes.questions is None else _mix(chosen.mix, sizes.questions)
    most = QUESTIONS_A_WRITE * writes
    problems = {
        f"{entities} entities: a task needs at least 1": entities < 1,
        f"{writes} writes: a budget needs at least 1": writes < 1,
        f"{sizes.questions} questions: there must be at least 1": sum(mix) < 1,
        f"{sum(mix)} questions for {writes} writes: give at most {most}, because the facts that all"
        " questions need must fit the budget": sum(mix) > most,
        f"{corrections} corrections: the number cannot be negative": corrections < 0,
        f"{corrections} corrections for {entities} entities: give at most {entities // 2}, because"
        " each correction needs another entity that was shown before": 2 * corrections > entities,
    }
    for problem, is_so in problems.items():
        if is_so:
            raise BadSettings(problem)
    return replace(chosen, entities=entities, corrections=corrections, writes=writes, mix=mix)


def _mix(mix: tuple[int, int, int, int], questions: int) -> tuple[int, int, int, int]:
    """The mix scaled to another number of questions, by largest remainders."""
    total = sum(mix)
    shares = [max(0, questions) * part // total for part in mix]
    rest = sorted(range(4), key=lambda i: (-(max(0, questions) * mix[i] % total), i))
    for i in rest[: max(0, questions) - sum(shares)]:
        shares[i] += 1
    return shares[0], shares[1], shares[2], shares[3]
