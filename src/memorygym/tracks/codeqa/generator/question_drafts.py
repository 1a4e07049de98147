"""Drafts of questions about a package and a session, with their true answers."""

import builtins
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from memorygym.tracks.codeqa.generator.paths import (
    NUMBER,
    PathEnd,
    Walker,
    bare,
    is_hard_name,
    is_hard_value,
)
from memorygym.tracks.codeqa.generator.session import BY_KEY, SessionFact
from memorygym.tracks.codeqa.generator.syntax_tree import module_of

_PROPERTIES = ("default", "value", "base", "raises", "file", "argument")
_OF_USERS = ("rows", "breaks", "setting")
"""Aspects of a topic that users report and code does not show."""
LIKELY = 0.3
"""Share of all names above which a module is the obvious guess for any name."""


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question that may be selected."""

    kind: str
    text: str
    truth: str
    question_type: str = "retrieval"
    facts: tuple[SessionFact, ...] = ()
    """The facts that the session must state for it, then those about sibling topics."""
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Runs:
    """Calls and changes of constants to ask about."""

    values: Mapping[str, str]
    """Values of calls."""
    failing: tuple[tuple[str, str, str], ...]
    """Constants with a new value and the one test that then fails."""


class QuestionDrafter:
    """A maker of random drafts of a kind and a number of hops; a draw may return None."""

    def __init__(self, walker: Walker, runs: Runs) -> None:
        self._walker = walker
        self._tree = tree = walker.tree
        self._topics = walker.topics
        self._rng = walker.rng
        self._runs = runs
        self._called: dict[int, list[str]] = {}
        for name, callers in tree.callers.items():
            in_several_files = len({tree.functions[name].path for name in callers}) > 1
            are_named = all("." not in name and is_hard_name(name) for name in callers)
            if in_several_files and are_named and name in tree.functions:
                self._called.setdefault(len(set(callers)), []).append(name)
        classes = Counter(module_of(tree, name) for name in walker.names["class"])
        name_counts = Counter(module_of(tree, name) for name in tree.places)
        limit = len(tree.places) * LIKELY
        self._expected_modules = {
            name for name in name_counts if classes[name] > 3 or name_counts[name] > limit
        }
        """Modules that are an obvious guess for any name."""

    def kinds(self, hops: int) -> dict[str, Callable[[int], QuestionDraft | None]]:
        """By kind of question: the function that drafts one with so many hops."""
        drafters: dict[str, Callable[[int], QuestionDraft | None]] = {
            name: partial(self._chain, name) for name in _PROPERTIES
        }
        if hops >= 2:
            drafters |= {"sum": self._sum, "callers": self._callers}
        if self._topics and hops == 1:
            drafters["topic"] = partial(self._topic, list(BY_KEY))
            drafters["complaint"] = partial(self._topic, _OF_USERS)
        if self._topics and hops >= 2:
            drafters["bridge"] = self._bridge
        drafters["output"] = partial(self._output, "output", 1)
        if hops >= 2:
            drafters |= {"returns": self._returns, "failing": self._failing}
            drafters["composition"] = partial(self._output, "composition", 2)
        return drafters

    def _chain(self, kind: str, hops: int) -> QuestionDraft | None:
        """A question about a property of a path's end."""
        start = "constant" if kind == "value" and hops == 1 else "function"
        if kind in ("base", "file"):
            start = self._rng.choice(["function", "class"])
        return self._final(self._walker.walk(self._walker.start(start), hops - 1), kind)

    def _bridge(self, hops: int) -> QuestionDraft | None:
        """The same with a path that starts from a topic of the session."""
        end = self._walker.walk(self._walker.opening(), hops - 2)
        return self._final(end, self._rng.choice(_PROPERTIES))

    def _final(self, end: PathEnd | None, kind: str) -> QuestionDraft | None:
        if end is None:
            return None
        property_ = self._property(kind, end)
        if property_ is None or not (NUMBER.match(property_[1]) or is_hard_name(property_[1])):
            return None
        text, truth = property_
        return QuestionDraft(kind, text, truth, facts=end.facts, rivals=self._rivals(truth))

    def _property(self, kind: str, end: PathEnd) -> tuple[str, str] | None:
        """A question about a path's end, and its true answer."""
        tree, name, path = self._tree, end.name, end.text
        code = tree.functions.get(name)
        match kind:
            case "default" if default := self._default(end):
                return f"What is {default[0]}?", default[1]
            case "value" if is_hard_value(value := tree.constants.get(name, "")):
                return f"What is the value of {path}?", bare(value)
            case "base" if not hasattr(builtins, parent := tree.bases.get(name, "object")):
                return f"Which class does {path} derive from?", parent
            case "raises" if code and len(code.raises) == 1:
                fault = code.raises[0]
                if fault[0].isupper() and not hasattr(builtins, fault):
                    return f"Which exception does {path} raise?", fault
            case "file" if end.kind != "constant" and name in tree.places:
                module = module_of(tree, name)
                if module not in self._expected_modules:
                    return f"In which module is {path} defined? Give the module's own name.", module
            case "argument" if code:
                if candidates := [
                    (*place, value)
                    for place, value in code.arguments.items()
                    if is_hard_value(value)
                ]:
                    mark, word, value = self._rng.choice(candidates)
                    question = f"What does the decorator `{mark}` of {path} set `{word}` to?"
                    return question, bare(value)
        return None

    def _default(self, end: PathEnd) -> tuple[str, str] | None:
        code = self._tree.functions.get(end.name)
        candidates = [
            (parameter, value)
            for parameter, value in (code.defaults if code else {}).items()
            if is_hard_value(value)
        ]
        if not candidates:
            return None
        parameter, value = self._rng.choice(candidates)
        return f"the default of the parameter `{parameter}` of {end.text}", bare(value)

    def _sum(self, hops: int) -> QuestionDraft | None:
        """The sum of two numbers, each at the end of its own path."""
        first = self._rng.between(1, hops - 1)
        ends = self._path_end(first), self._path_end(hops - first)
        name, right = map(self._term, ends)
        if not name or not right or name[0] == right[0] or not (ends[0] and ends[1]):
            return None
        total = str(int(name[1]) + int(right[1]))
        text = f"What is the sum of {name[0]} and {right[0]}?"
        return QuestionDraft("sum", text, total, facts=(*ends[0].facts, *ends[1].facts))

    def _path_end(self, hops: int) -> PathEnd | None:
        """A path with so many hops, the last of which reads the value."""
        if self._topics and hops > 1 and self._rng.bernoulli(0.5):
            return self._walker.walk(self._walker.opening(), hops - 2)
        start = "constant" if hops == 1 and self._rng.bernoulli(0.5) else "function"
        return self._walker.walk(self._walker.start(start), hops - 1)

    def _term(self, end: PathEnd | None) -> tuple[str, str] | None:
        if end is None:
            return None
        term: tuple[str, str] | None
        if end.kind == "constant":
            term = f"the value of {end.text}", self._tree.constants[end.name]
        else:
            term = self._default(end)
        return term if term and NUMBER.match(term[1]) and is_hard_value(term[1]) else None

    def _callers(self, hops: int) -> QuestionDraft | None:
        """All callers of a function; each of them is a hop."""
        names = self._called.get(hops)
        if not names:
            return None
        name = self._rng.choice(names)
        truth = f"{hops} ({', '.join(sorted(set(self._tree.callers[name])))})"
        text = f"Which {hops} functions call `{name}`? Give their number and their names."
        return QuestionDraft("callers", text, truth, "relationship_count")

    def _topic(self, keys: Sequence[str], hops: int) -> QuestionDraft | None:
        """A question about an observation of the session."""
        aspect = BY_KEY[self._rng.choice(keys)]
        facts = self._walker.observed(aspect)
        if not facts:
            return None
        first, *siblings = facts
        rivals = tuple(name.value for name in siblings)
        text = aspect.question.format(topic=first.topic)
        return QuestionDraft("topic", text, first.value, facts=facts, rivals=rivals)

    def _output(self, kind: str, depth: int, hops: int) -> QuestionDraft | None:
        """The value of a call, or of a nested call."""
        call = self._rng.choice([name for name in self._runs.values if name.count("(") == depth])
        return QuestionDraft(kind, f"What does `{call}` return?", self._runs.values[call])

    def _returns(self, hops: int) -> QuestionDraft | None:
        """The value of a function that must first be found."""
        start = self._walker.opening() if self._topics and self._rng.bernoulli(0.5) else None
        end = start or self._walker.walk(self._walker.start("function"), 1)
        if end is None or end.kind != "function":
            return None
        calls = [
            call for call in self._runs.values if re.match(rf"{re.escape(end.name)}\(\d+\)$", call)
        ]
        if not calls:
            return None
        call = self._rng.choice(calls)
        argument = call[len(end.name) + 1 : -1]
        text = f"What does {end.text} return for the argument {argument}?"
        return QuestionDraft("returns", text, self._runs.values[call], facts=end.facts)

    def _failing(self, hops: int) -> QuestionDraft | None:
        if not self._runs.failing:
            return None
        name, value, test = self._rng.choice(self._runs.failing)
        text = f"Exactly one test fails once `{name}` is set to {value}: which one?"
        return QuestionDraft("failing", text, test)

    def _rivals(self, truth: str) -> tuple[str, ...]:
        """Names that contain all its words and more, which the grader might confuse with it."""
        words = set(truth.casefold().split("_"))
        candidates = (name for name in self._tree.places if words < set(name.casefold().split("_")))
        return tuple(islice(candidates, 8))
