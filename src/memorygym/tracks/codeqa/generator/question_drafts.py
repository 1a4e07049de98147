"""Drafts of questions about a package and a session, made by random walks, and the selection of an
instance's questions: only drafts that the reader can answer are asked."""

import builtins
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement, StatementIndex
from memorygym.scoring.grading.claims import familiar
from memorygym.tracks._qa.questions import Found, Missing, Question
from memorygym.tracks._qa.verification import NoDraft
from memorygym.tracks.codeqa.generator.definitions import number
from memorygym.tracks.codeqa.generator.identifiers import QUALIFIERS
from memorygym.tracks.codeqa.generator.known_code import KnownCode
from memorygym.tracks.codeqa.generator.session import ASPECTS, LATEST, Topics
from memorygym.tracks.codeqa.keys import VALUE_TYPES
from memorygym.tracks.codeqa.names import type_of
from memorygym.tracks.codeqa.questions import (
    KINDS,
    LINKS,
    Overlay,
    PathLink,
    answer,
    ask,
    linked,
    term_of,
)

PROPERTIES = ("default", "value", "base", "raises", "file", "argument")
"""Kinds of questions about what a path leads to; their answers are hard to guess."""
_OF_USERS = ("rows", "breaks", "setting")
"""Aspects of a topic that users report and code does not show."""
TRIES = 400
"""Drafts of one kind before another kind is tried."""
RIVALS = 8
"""Most rivals of an answer."""
ALIKE = 24
"""Fewest observations of an aspect that a question needs."""
LIKELY = 0.3
"""Share of all names above which a module is the obvious guess for any name."""
_OPENINGS = [link for link in LINKS if link.of == "topic"]
_CALL, *_OTHER_STEPS = (link for link in LINKS if link.of != "topic")
_STEPS = (_CALL, _CALL, *_OTHER_STEPS)
"""Calls are followed more often than links that end a path."""


def is_hard(value: str) -> bool:
    """Whether a number or a name is hard to guess.

    >>> [is_hard(value) for value in ("417", "0", "sift_amber_quay", "base", "value")]
    [True, False, True, False, False]
    """
    if value.isdigit():
        return int(value) > 12 and int(value) % 10 != 0
    return len(value) > 4 and not hasattr(builtins, value) and not familiar(value.casefold())


@dataclass(frozen=True, slots=True)
class PathEnd:
    """The name that a path leads to, the words of the path, and the observations that it needs."""

    name: str
    text: str
    facts: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question that may be selected; its truth is not known yet."""

    question: Question
    facts: tuple[Statement, ...] = ()
    """The facts that the session must state for it, then those about sibling topics."""


class QuestionDrafter:
    """A maker of random drafts of a kind and a number of hops; a draw may return None."""

    def __init__(
        self,
        code: KnownCode,
        topics: Topics | None,
        rng: Stream,
    ) -> None:
        self.code = code
        self.topics = topics
        self.rng = rng
        self._waiting: dict[str, list[str]] = {}
        """By type: the values of aspects that have not come yet."""
        self._called: dict[int, list[str]] = {}
        """Functions by the number of their callers."""
        for name, callers in code.callers.items():
            in_several_files = len({code.modules.get(caller) for caller in callers}) > 1
            if in_several_files and all(map(is_hard, callers)) and name in code.names["function"]:
                self._called.setdefault(len(callers), []).append(name)
        classes = Counter(code.modules[name] for name in code.names["class"])
        names = Counter(code.modules.values())
        limit = len(code.modules) * LIKELY
        self._likely_modules = {
            module for module in names if classes[module] > 3 or names[module] > limit
        }

    def kinds(self, hops: int) -> dict[str, Callable[[int], QuestionDraft | None]]:
        """By kind of question: the function that drafts one with so many hops."""
        drafters: dict[str, Callable[[int], QuestionDraft | None]] = {
            name: partial(self._chain, name) for name in PROPERTIES
        }
        if hops >= 2:
            drafters |= {"sum": self._sum, "callers": self._callers}
        if self.topics and hops == 1:
            drafters["topic"] = partial(self._topic, [*ASPECTS])
            drafters["complaint"] = partial(self._topic, _OF_USERS)
        if self.topics and hops >= 2:
            drafters["bridge"] = self._bridge
        return drafters

    def _chain(self, kind: str, hops: int) -> QuestionDraft | None:
        """A question about a property of a path's end."""
        start = "constant" if kind == "value" and hops == 1 else "function"
        if kind in ("base", "file"):
            start = self.rng.choice(["function", "class"])
        return self._property(kind, self._walk(self._start(start), hops - 1))

    def _bridge(self, hops: int) -> QuestionDraft | None:
        """The same with a path that starts from a topic of the session."""
        end = self._walk(self._opening(), hops - 2)
        return self._property(self.rng.choice(PROPERTIES), end)

    def _property(self, kind: str, end: PathEnd | None) -> QuestionDraft | None:
        if end is None:
            return None
        places = {"path": end.text}
        match kind:
            case "default":
                if not (name := self._parameter(end.name, "default:")):
                    return None
                places["name"] = name
            case "argument":
                if not (argument := self._parameter(end.name, "argument:")):
                    return None
                places["mark"], _, places["name"] = argument.partition(".")
            case "file":
                is_likely = self.code.modules.get(end.name) in self._likely_modules
                if is_likely or type_of(end.name) == "constant":
                    return None
        return _draft(kind, places, end.facts)

    def _parameter(self, name: str, prefix: str) -> str | None:
        """The rest of a key with that prefix whose value is hard to guess."""
        about = self.code.index.about(name)
        keys = [key for key in about if key.startswith(prefix) and is_hard(about[key].text)]
        return self.rng.choice(keys).removeprefix(prefix) if keys else None

    def _sum(self, hops: int) -> QuestionDraft | None:
        """The sum of two numbers, each at the end of its own path."""
        first = self.rng.between(1, hops - 1)
        ends = self._path_end(first), self._path_end(hops - first)
        left, right = map(self._term, ends)
        if not left or not right or left.question.text == right.question.text:
            return None
        places = {"left": term_of(left.question.text), "right": term_of(right.question.text)}
        return _draft("sum", places, (*left.facts, *right.facts))

    def _path_end(self, hops: int) -> PathEnd | None:
        """A path with so many hops, the last of which reads the value."""
        if self.topics and hops > 1 and self.rng.bernoulli(0.5):
            return self._walk(self._opening(), hops - 2)
        start = "constant" if hops == 1 and self.rng.bernoulli(0.5) else "function"
        return self._walk(self._start(start), hops - 1)

    def _term(self, end: PathEnd | None) -> QuestionDraft | None:
        """The question about the value of a constant, or of a default."""
        if end is None or type_of(end.name) != "constant":
            return self._property("default", end)
        value = self.code.index.get(end.name, "value")
        return self._property("value", end) if value and is_hard(value.text) else None

    def _callers(self, hops: int) -> QuestionDraft | None:
        """All callers of a function; each of them is a hop."""
        names = self._called.get(hops)
        if not names:
            return None
        return _draft("callers", {"path": f"`{self.rng.choice(names)}`", "number": str(hops)})

    def _topic(self, keys: Sequence[str], hops: int) -> QuestionDraft | None:
        """A question about an observation of the session."""
        facts = self.observed(self.rng.choice(keys))
        if not facts:
            return None
        return _draft(facts[0].key, {"path": facts[0].subject}, facts, "topic")

    def _start(self, type_: str) -> PathEnd:
        name = self.rng.choice(self.code.names[type_])
        return PathEnd(name, f"`{name}`")

    def _opening(self) -> PathEnd | None:
        """A topic, and the one step that leads from it to the code."""
        link = self.rng.choice(_OPENINGS)
        if facts := self.observed(link.key):
            return PathEnd(facts[0].text, f"{link.phrase} {facts[0].subject}", facts)
        return None

    def _walk(self, end: PathEnd | None, steps: int) -> PathEnd | None:
        """The end of a path that goes `steps` further."""
        for _ in range(steps):
            if end is None or not (next_steps := self._next_steps(end.name)):
                return None
            link, name = self.rng.choice(next_steps)
            end = PathEnd(name, f"{link.phrase} {end.text}", end.facts)
        return end

    def _next_steps(self, name: str) -> list[tuple[PathLink, str]]:
        links = [link for link in _STEPS if link.of == type_of(name)]
        ends = [(link, linked(name, link, self.code.index)) for link in links]
        return [(link, end[0]) for link, end in ends if end and end[0] in self.code.names[link.to]]

    def observed(self, key: str) -> tuple[Statement, ...]:
        """An aspect of a new topic and of its siblings, each with its own value."""
        assert self.topics
        topics = self.topics.family()
        values: dict[str, None] = {}
        for _ in range(99):
            if len(values) < len(topics):
                values[self.observable(key)] = None
        if len(values) < len(topics):
            return ()
        pairs = zip(topics, values, strict=True)
        return tuple(Statement(topic, key, value, rank=LATEST) for topic, value in pairs)

    def remarks(self, facts: Sequence[Statement], most: int) -> list[Statement]:
        """Observations about which nothing is asked: of each aspect in facts, and of another one,
        so many, as far as there is room, that none of its values is a likely guess."""
        stated = Counter(fact.key for fact in facts)
        remarks: list[Statement] = []
        for key in dict.fromkeys([*stated, self.rng.choice([*ASPECTS])]):
            while stated[key] < ALIKE and (family := self.observed(key)):
                stated[key] += len(family)
                remarks += family
        self.rng.shuffle(remarks)
        return remarks[:most]

    def observable(self, key: str) -> str:
        """A possible value of an aspect."""
        match VALUE_TYPES[key]:
            case "number":
                return str(number(self.rng))
            case "word":
                return self._next("word", QUALIFIERS)
            case type_:
                return self._next(type_, self.code.names[type_])

    def _next(self, type_: str, values: Sequence[str]) -> str:
        """One of the values; none comes again before all others have come."""
        if not self._waiting.get(type_):
            self._waiting[type_] = self.rng.sample(values, len(values))
        return self._waiting[type_].pop()


def _draft(
    kind: str, places: Mapping[str, str], facts: tuple[Statement, ...] = (), group: str = ""
) -> QuestionDraft:
    """The draft of a question with these words at its places."""
    text = KINDS[kind].text.format(**places)
    return QuestionDraft(Question(0, group or kind, KINDS[kind].question_type, text, ""), facts)


def select(drafter: QuestionDrafter, hops_of_questions: Sequence[int]) -> list[QuestionDraft]:
    """A question for each number of hops, of varied kinds. Raises NoDraft if there is none."""
    used = Counter[str]()  # The rarest kinds are tried first.
    selected: dict[str, QuestionDraft] = {}
    for hops in hops_of_questions:
        kinds = drafter.kinds(hops)
        order = list(kinds)
        drafter.rng.shuffle(order)
        drafts = (
            (kind, draft)
            for kind in sorted(order, key=lambda kind: used[kind])
            for _ in range(TRIES)
            if (draft := _checked(kinds[kind](hops), hops, drafter.code))
            and draft.question.text not in selected
        )
        kind, draft = next(drafts, ("", None))
        if draft is None:
            raise NoDraft(
                f"this code has no further question of {hops} hops; choose others with `hops`, or"
                " more code with `tokens`"
            )
        used[kind] += 1
        selected[draft.question.text] = draft
    return list(selected.values())


def _checked(draft: QuestionDraft | None, hops: int, code: KnownCode) -> QuestionDraft | None:
    """The draft with its answer, if it is hard to guess and takes so many hops."""
    if draft is None:
        return None
    result = _answered(draft, code.index)
    if not isinstance(result, Found) or len({s.subject for s in result.used}) != hops:
        return None
    kind, truth, rivals = draft.question.kind, result.answer, list[str]()
    if kind in PROPERTIES:
        if not is_hard(truth):
            return None
        rivals = [*islice(_longer_names(truth, code), RIVALS)]
    if kind == "topic":
        rivals = [fact.text for fact in draft.facts[1:]]  # What siblings of the topic have.
    question = replace(
        draft.question, truth=truth, rivals=tuple(rivals), needs=result.used, hops=hops
    )
    return QuestionDraft(question, draft.facts)


def _longer_names(name: str, code: KnownCode) -> Iterator[str]:
    """Names that contain all words of a name, and more."""
    words = set(name.casefold().split("_"))
    return (longer for longer in code.modules if words < set(longer.casefold().split("_")))


def misleads(selected: QuestionDraft, old: Statement, known: StatementIndex) -> bool:
    """Whether using an old value in place of the current one gives another answer."""
    result = _answered(selected, known, old)
    return not isinstance(result, Found) or result.answer != selected.question.truth


def _answered(
    draft: QuestionDraft, known: StatementIndex, *overriding: Statement
) -> Found | Missing:
    """The answer from all files, with what the session states."""
    query = ask(draft.question.text)
    assert query, f"the reader does not understand {draft.question.text!r}"
    return answer(query, Overlay([*draft.facts, *overriding], known))
