"""Distractors: further places that mention names in questions and state nothing about them, and
earlier values of needed facts, in the change log and in earlier observations."""

import re
from collections.abc import Mapping, Sequence, Set

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement
from memorygym.core.tokens import count
from memorygym.tracks._qa.questions import Question
from memorygym.tracks.codeqa.fact_reader import phrase
from memorygym.tracks.codeqa.generator.definitions import Definition, District, number
from memorygym.tracks.codeqa.generator.known_code import KnownCode
from memorygym.tracks.codeqa.generator.question_drafts import (
    QuestionDraft,
    QuestionDrafter,
    is_hard,
    misleads,
)
from memorygym.tracks.codeqa.generator.session import EARLIER
from memorygym.tracks.codeqa.names import type_of
from memorygym.tracks.codeqa.questions import ask

RARER = 0.001
"""How often the rarest name is mentioned, as a share of the most popular one."""
EXACT = 0.2
"""Share of mentions of names in questions; the others mention similar names."""
AROUND = 24
"""Tokens shown around a sentence."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
TRIES = 99
"""Draws to find a misleading value."""
_LOGGED = ("default", "value", "base", "raises")
"""Keys of which the change log states earlier values."""
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
        """By name that new code may use without changing an answer: `function`, `constant` or
        `class`, and its definition. An exception that is raised oftener would be a likely guess."""

    def definition(self, rng: Stream) -> tuple[str, Definition | None]:
        """The kind and the definition of a random name, if new code may use it."""
        return self._usable.get(self._draw(rng), ("", None))

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
    # An answer that is mentioned often would be a likely guess.
    others = code.modules.keys() - {*needed, *(question.truth for question in questions)}
    similar = [name for name in code.modules if name in others and _outer_words(name) in families]
    barred = _protected(questions)
    usable = {
        definition.name: (kind, definition)
        for kind, definitions in district.defined.items()
        for definition in definitions
        if kind not in ("table", "fault") and definition.name not in barred
    }
    for names in (needed, similar):
        rng.shuffle(names)
    return MentionSampler(needed, similar, usable)


def _protected(questions: Sequence[Question]) -> Set[str]:
    """The names that new code may not use because their callers or place are an answer."""
    names: set[str] = set()
    for question in questions:
        query = ask(question.text)
        assert query
        if query.kind.name == "callers":
            names.add(query.path.anchor)
        names |= {need.subject for need in question.needs if need.key == "file"}
    return names


def _outer_words(name: str) -> tuple[str, str]:
    """The first and the last word of a name, which all siblings share."""
    words = _WORD.findall(name) or [name]
    return words[0], words[-1]


def earlier_observations(
    selected: Sequence[QuestionDraft], drafter: QuestionDrafter, times: int
) -> list[Statement]:
    """Observations that later ones contradict."""
    observations = []
    for draft in selected:
        for latest in (fact for fact in draft.facts if fact in draft.question.needs):
            values = {latest.value}
            for _ in range(TRIES):
                old = latest._replace(value=drafter.observable(latest.key))
                is_new = old.value not in values and len(values) <= times
                if is_new and misleads(draft, old, drafter.code.index):
                    values.add(old.value)
                    observations.append(old._replace(rank=EARLIER))
    return observations


def change_log_entries(
    selected: Sequence[QuestionDraft], drafter: QuestionDrafter, times: int
) -> list[str]:
    """Entries of the change log: on the last suitable fact of each question, and as many others."""
    code, rng = drafter.code, drafter.rng
    logged: dict[tuple[str, str], Statement] = {}
    for draft in selected:
        candidates = [need for need in draft.question.needs if _is_logged(need)]
        if candidates:
            logged[candidates[-1].subject, candidates[-1].key] = candidates[-1]
    lines = [
        _line(need, old, rng)
        for need in logged.values()
        for old in _old_values(need, code.statements, rng, times)
        if all(
            misleads(draft, need._replace(value=old), code.index)
            for draft in selected
            if need in draft.question.needs
        )
    ]
    needed = {(need.subject, need.key) for draft in selected for need in draft.question.needs}
    other_facts = [
        fact
        for fact in code.statements
        if (fact.subject, fact.key) not in needed and "." not in fact.subject and _is_logged(fact)
    ]
    for statement in rng.sample(other_facts, min(len(logged), len(other_facts))):
        lines += [
            _line(statement, old, rng)
            for old in _old_values(statement, code.statements, rng, times)
        ]
    rng.shuffle(lines)
    return lines


def _line(statement: Statement, old: str, rng: Stream) -> str:
    release = f"{rng.between(1, 4)}.{rng.between(1, 9)}"
    return (
        f"Until release {release} the {phrase(statement.key)} of `{statement.subject}` was `{old}`;"
        " superseded since."
    )


def _is_logged(statement: Statement) -> bool:
    """Whether the change log may state an earlier value, which must be hard to guess."""
    value = statement.text
    is_easy = value.startswith("{") or (value.isdigit() and not is_hard(value))
    return statement.key.partition(":")[0] in _LOGGED and not is_easy


def _old_values(
    statement: Statement, others: Sequence[Statement], rng: Stream, times: int
) -> list[str]:
    """Up to `times` other values of the same kind; a class is not its own parent."""
    if statement.text.lstrip("-").isdigit():
        numbers = dict.fromkeys(str(number(rng)) for _ in range(times + 1))
        return [value for value in numbers if value != statement.text][:times]
    same_key = sorted(
        {other.text for other in others if other.key == statement.key}
        - {statement.text, statement.subject}
    )
    return rng.sample(same_key, min(times, len(same_key)))
