"""Distractors: further places that mention names in questions and state nothing about them."""

import re
from collections.abc import Mapping, Sequence, Set

from memorygym.core.rng import Stream
from memorygym.core.statements import StatementIndex
from memorygym.core.tokens import count
from memorygym.tracks._qa.questions import Question
from memorygym.tracks.codeqa.generator.definitions import Definition, District, Uses
from memorygym.tracks.codeqa.generator.known_code import KnownCode
from memorygym.tracks.codeqa.names import type_of
from memorygym.tracks.codeqa.questions import ask, dependents

RARER = 0.001
"""How often the rarest name is mentioned, as a share of the most popular one."""
EXACT = 0.2
"""Share of mentions of names in questions; the others mention similar names."""
AROUND = 24
"""Tokens shown around a sentence."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
PROSE: Mapping[str, Sequence[str]] = {
    "function": (
        "DEBUG {name} called {number} times in this run.",
        "{name} took {number} ms of the profile.",
        "Review: could {name} be split in two? Left as it is.",
        "Review: {name} needs a line in the manual.",
        "Asked on the list who still relies on {name}.",
        "Coverage of {name}: {number} lines hit, none missed.",
    ),
    "constant": (
        "Review: is {name} documented anywhere? Left as it is.",
        "DEBUG {name} loaded in {number} ms.",
        "Asked on the list whether {name} may be overridden; no reply yet.",
        "{name} is mentioned in {number} tickets.",
    ),
    "class": (
        "Review: {name} could do with a shorter name. Left as it is.",
        "{number} objects of {name} alive at the end of the run.",
        "Asked on the list who still relies on {name}.",
        "Type checker: {name} is fine in {number} places.",
    ),
    "test": (
        "PASSED {name} in {number} ms.",
        "Review: {name} could do with a comment.",
        "{name} was run {number} times on the second machine.",
    ),
    "topic": (
        "Asked on the list who looks after {name}.",
        "Job {number} waits for {name}.",
        "Review: {name} came up again; nothing was decided.",
    ),
}


class MentionSampler:
    """A sampler of mentions that draws some names far more often than others."""

    def __init__(
        self,
        needed: Sequence[str],
        similar: Sequence[str],
        usable: Mapping[str, tuple[str, Definition]],
    ) -> None:
        self._needed = needed
        self._similar = similar
        self._usable = usable
        """By name that new code may use without changing an answer: `function`, `constant`, `class`
        or `fault`, and its definition."""

    def uses(self, uses: Uses, rng: Stream) -> Uses:
        """The same uses with a function, constant or fault from a question."""
        kind, definition = self._usable.get(self._draw(rng), ("", None))
        return {**uses, kind: definition} if definition and kind != "class" else uses

    def parent(self, rng: Stream) -> Definition | None:
        """A class from a question, as the base class of another."""
        kind, definition = self._usable.get(self._draw(rng), ("", None))
        return definition if kind == "class" else None

    def remarks(self, tokens: int, rng: Stream) -> list[str]:
        """Sentences that mention names, with about that many tokens in all."""
        remarks: list[str] = []
        while tokens > 0:
            name = self._draw(rng)
            template = rng.choice(PROSE["test" if name.startswith("test_") else type_of(name)])
            remarks.append(template.format(name=name, number=rng.between(13, 986)))
            tokens -= count(remarks[-1]) + AROUND
        return remarks

    def _draw(self, rng: Stream) -> str:
        names = self._needed if rng.bernoulli(EXACT) or not self._similar else self._similar
        return rng.weighted(names, [RARER ** (rank / len(names)) for rank in range(len(names))])


def mention_sampler(
    questions: Sequence[Question], code: KnownCode, district: District, rng: Stream
) -> MentionSampler:
    """The sampler for mentions of the names in questions about a district."""
    needed = list(dict.fromkeys(need.subject for question in questions for need in question.needs))
    families = {_outer_words(name) for name in needed}
    others = [name for name in code.modules if name not in needed]
    similar = [name for name in others if _outer_words(name) in families]
    barred = _protected(questions, code.index)
    kinds = {
        "function": district.functions,
        "constant": district.constants,
        "class": district.classes,
        "fault": district.faults,
    }
    usable = {
        definition.name: (kind, definition)
        for kind, definitions in kinds.items()
        for definition in definitions
        if definition.name not in barred
    }
    for names in (needed, similar):
        rng.shuffle(names)
    return MentionSampler(needed, similar, usable)


def _protected(questions: Sequence[Question], known: StatementIndex) -> Set[str]:
    """The names that new code may not use because their callers or place are an answer, or because
    a test would fail."""
    names: set[str] = set()
    for question in questions:
        query = ask(question.text)
        assert query
        if query.kind.name in ("callers", "failing"):
            names.add(query.path.anchor)
        if query.kind.name == "failing":
            names |= {name for name, _ in dependents(query.path.anchor, known)}
        names |= {need.subject for need in question.needs if need.key == "file"}
    return names


def _outer_words(name: str) -> tuple[str, str]:
    """The first and the last word of a name, which all siblings share."""
    words = _WORD.findall(name) or [name]
    return words[0], words[-1]
