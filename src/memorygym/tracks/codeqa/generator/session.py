"""What a debugging session observes: facts about topics, told one at a time, some of them twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorygym.core.rng import Stream
from memorygym.tracks.codeqa.generator.identifiers import DOMAINS, QUALIFIERS

WORKS = (
    "import export audit rollup replay snapshot digest sweep backfill merge rebuild handover"
    " forecast cutover rundown resync roundup stocktake"
).split()
NOISE = (
    "Two reviewers were asked to look again.", "Worker 3 was idle meanwhile.",
    "The trace is attached.", "Nothing else was changed in this step.",
    "The branch was rebased before.", "Seen again on the second machine.",
    "The cache had been emptied before.", "No other complaint came in.",
)  # fmt: skip

_REMARKS = ("service log", "review", "pytest output", "chat with the maintainer")


@dataclass(frozen=True, slots=True)
class Aspect:
    """What can be observed of a topic."""

    key: str
    category: str
    genres: tuple[str, ...]
    sentences: tuple[str, ...]
    question: str
    kind: str
    """Of its values: `number`, `word`, `constant`, `exception` or `function`."""


ASPECTS = (
    Aspect("rows", "user_requirement", ("ticket", "chat with the maintainer"), (
        "The user asked that {topic} keep to {value} rows a page.",
        "As for {topic}, the user wants {value} rows a page and no more.",
    ), "How many rows a page did the user ask for in the case of {topic}?", "number"),
    Aspect("breaks", "bug_description", ("ticket", "bug report"), (
        "{Topic} goes wrong beyond {value} entries.",
        "Beyond {value} entries {topic} loses data.",
    ), "Beyond how many entries does {topic} break?", "number"),
    Aspect("setting", "repro_condition", ("shell", "bug report"), (
        "{Topic} fails only while {value} is overridden.",
        "Only an overridden {value} makes {topic} fail.",
    ), "Which setting reproduces the failure of {topic}?", "constant"),
    Aspect("exception", "error_detail", ("pytest output", "service log"), (
        "{Topic} ended with {value}.",
        "Traceback of {topic}: {value}.",
    ), "Which exception ended {topic}?", "exception"),
    Aspect("culprit", "debug_finding", ("debugger", "shell"), (
        "{Topic} goes astray in {value}.",
        "The fault behind {topic} sits in {value}.",
    ), "Which function is at fault in {topic}?", "function"),
    Aspect("items", "api_behavior", ("shell", "service log"), (
        "A call behind {topic} returns at most {value} items.",
        "{Topic} gets {value} items a call at most.",
    ), "How many items does a call return at most behind {topic}?", "number"),
    Aspect("plan", "design_decision", ("minutes", "chat with the maintainer"), (
        "It was decided that {topic} follows the {value} plan.",
        "{Topic} goes by the {value} plan, by decision.",
    ), "Which plan does {topic} follow?", "word"),
    Aspect("memory", "constraint", ("ticket", "minutes"), (
        "{Topic} may hold {value} MB at most.",
        "No more than {value} MB are allowed for {topic}.",
    ), "How many MB may {topic} hold?", "number"),
)  # fmt: skip
BY_KEY: Mapping[str, Aspect] = {aspect.key: aspect for aspect in ASPECTS}


@dataclass(frozen=True, slots=True)
class SessionFact:
    """One fact that is told, without its time."""

    topic: str
    aspect: Aspect
    value: str
    order: int
    """Of several of one topic, the later one holds."""


class Topics:
    """Gives out topics in families, whose members differ in one word."""

    def __init__(self, rng: Stream, siblings: int) -> None:
        self._chance = rng
        self._members = siblings + 1
        self._taken: set[str] = set()

    def family(self) -> list[str]:
        nouns = [noun for nouns in DOMAINS.values() for noun in nouns]
        rng = self._chance
        while True:
            work, noun = rng.choice(WORKS), rng.choice(nouns)
            firsts = rng.sample(QUALIFIERS, self._members)
            seconds = rng.choice(QUALIFIERS)
            found = [f"the {first} {seconds} {work} of {noun} records" for first in firsts]
            if self._taken.isdisjoint(found):
                self._taken.update(found)
                return found


def paragraph(one: SessionFact | str, stamp: str, rng: Stream) -> str:
    """What the session sees at that time: a fact, or a remark that tells none."""
    genres: Sequence[str] = _REMARKS
    if isinstance(one, str):
        told = one
    else:
        genres = one.aspect.genres
        told = rng.choice(one.aspect.sentences).format(
            topic=one.topic, Topic=f"T{one.topic[1:]}", value=one.value
        )
    lines = [told, rng.choice(NOISE)]
    if rng.bernoulli(0.5):
        lines.reverse()
    return "\n".join([f"[{rng.choice(genres)} · {stamp}]", *lines])


def stamps(number: int, rng: Stream) -> list[str]:
    """So many times in order, no two alike."""
    day, minute, found = 0, 8 * 60 + rng.between(3, 50), []
    first, year = rng.between(1, 12) - 1, rng.between(2027, 2034)
    for _ in range(number):
        minute += rng.between(2, 19)
        if minute > 18 * 60:
            day, minute = day + 1, 8 * 60 + rng.between(3, 50)
        years, month = divmod(first + day // 28, 12)
        date = f"{year + years}-{month + 1:02}-{day % 28 + 1:02}"
        found.append(f"{date} {minute // 60:02}:{minute % 60:02}")
    return found


def in_order(observations: Sequence[SessionFact], rng: Stream) -> list[SessionFact]:
    """The observations shuffled, those of one topic in their order."""
    found = list(observations)
    rng.shuffle(found)
    by_topic: dict[tuple[str, str], list[SessionFact]] = {}
    for one in sorted(found, key=lambda one: one.order):
        by_topic.setdefault((one.topic, one.aspect.key), []).append(one)
    return [by_topic[one.topic, one.aspect.key].pop(0) for one in found]
