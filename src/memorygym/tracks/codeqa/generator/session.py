"""Observations of a debugging session: facts about topics, some of which are later changed."""

from collections.abc import Mapping, Sequence

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement
from memorygym.tracks.codeqa.generator.identifiers import DOMAINS, QUALIFIERS

WORKS = (
    "import export audit rollup replay snapshot digest sweep backfill merge rebuild handover"
    " forecast cutover rundown resync roundup stocktake"
).split()
NOISE = (
    "Two reviewers were asked to look again.",
    "Worker 3 was idle meanwhile.",
    "The trace is attached.",
    "Nothing else was changed in this step.",
    "The branch was rebased before.",
    "Seen again on the second machine.",
    "The cache had been emptied before.",
    "No other complaint came in.",
)

_REMARKS: Sequence[str] = ("service log", "review", "pytest output", "chat with the maintainer")
EARLIER, LATEST = (0,), (1,)
"""The ranks of facts of a session."""


ASPECTS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "rows": (("ticket", "chat with the maintainer"), (
        "The user asked that {topic} keep to {value} rows a page.",
        "As for {topic}, the user wants {value} rows a page and no more.",
    )),
    "breaks": (("ticket", "bug report"), (
        "{Topic} goes wrong beyond {value} entries.",
        "Beyond {value} entries {topic} loses data.",
    )),
    "setting": (("shell", "bug report"), (
        "{Topic} fails only while {value} is overridden.",
        "Only an overridden {value} makes {topic} fail.",
    )),
    "exception": (("pytest output", "service log"), (
        "{Topic} ended with {value}.",
        "Traceback of {topic}: {value}.",
    )),
    "culprit": (("debugger", "shell"), (
        "{Topic} goes astray in {value}.",
        "The fault behind {topic} sits in {value}.",
    )),
    "items": (("shell", "service log"), (
        "A call behind {topic} returns at most {value} items.",
        "{Topic} gets {value} items a call at most.",
    )),
    "plan": (("minutes", "chat with the maintainer"), (
        "It was decided that {topic} follows the {value} plan.",
        "{Topic} goes by the {value} plan, by decision.",
    )),
    "memory": (("ticket", "minutes"), (
        "{Topic} may hold {value} MB at most.",
        "No more than {value} MB are allowed for {topic}.",
    )),
}  # fmt: skip
"""By key of a topic: the kinds of observations that state it, and the sentences that do."""


class Topics:
    """A pool of topics in families whose members differ in one word."""

    def __init__(self, rng: Stream, siblings: int) -> None:
        self._rng = rng
        self._members = siblings + 1
        self._taken: set[str] = set()

    def family(self) -> list[str]:
        nouns = [noun for nouns in DOMAINS.values() for noun in nouns]
        rng = self._rng
        while True:
            work, noun = rng.choice(WORKS), rng.choice(nouns)
            firsts = rng.sample(QUALIFIERS, self._members)
            seconds = rng.choice(QUALIFIERS)
            family = [f"the {first} {seconds} {work} of {noun} records" for first in firsts]
            if self._taken.isdisjoint(family):
                self._taken.update(family)
                return family


def observations(facts: Sequence[Statement], remarks: Sequence[str], rng: Stream) -> list[str]:
    """The paragraphs of a session: facts in their order, with remarks between them."""
    next_facts, next_remarks = iter(facts), iter(remarks)
    order = [True] * len(facts) + [False] * len(remarks)
    rng.shuffle(order)
    return [
        _paragraph(next(next_facts) if is_fact else next(next_remarks), time, rng)
        for is_fact, time in zip(order, _timestamps(len(order), rng), strict=True)
    ]


def _paragraph(observed: Statement | str, stamp: str, rng: Stream) -> str:
    """The text of an observation: a fact, or a remark that states no fact."""
    genres, sentence = _REMARKS, str(observed)
    if isinstance(observed, Statement):
        topic, (genres, sentences) = observed.subject, ASPECTS[observed.key]
        sentence = rng.choice(sentences)
        sentence = sentence.format(topic=topic, Topic=f"T{topic[1:]}", value=observed.value)
    lines = [sentence, rng.choice(NOISE)]
    if rng.bernoulli(0.5):
        lines.reverse()
    return "\n".join([f"[{rng.choice(genres)} · {stamp}]", *lines])


def _timestamps(number: int, rng: Stream) -> list[str]:
    """Distinct times in order."""
    day, minute, stamps = 0, 8 * 60 + rng.between(3, 50), []
    first, year = rng.between(1, 12) - 1, rng.between(2027, 2034)
    for _ in range(number):
        minute += rng.between(2, 19)
        if minute > 18 * 60:
            day, minute = day + 1, 8 * 60 + rng.between(3, 50)
        years, month = divmod(first + day // 28, 12)
        date = f"{year + years}-{month + 1:02}-{day % 28 + 1:02}"
        stamps.append(f"{date} {minute // 60:02}:{minute % 60:02}")
    return stamps


def shuffled_in_order(facts: Sequence[Statement], rng: Stream) -> list[Statement]:
    """The facts in random order, except that earlier ones precede the latest one of their topic.
    The latest ones are shuffled alone: one that was changed is last no more often than others."""
    shuffled = [fact for fact in facts if fact.rank == LATEST]
    rng.shuffle(shuffled)
    for fact in facts:
        if fact.rank == EARLIER:
            latest = next(n for n, other in enumerate(shuffled) if other[:2] == fact[:2])
            shuffled.insert(rng.below(latest + 1), fact)
    return shuffled
