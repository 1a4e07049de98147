"""Makes questions over a tree and a session, with what is true, before anybody reads a text."""

import builtins
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from memorygym.tracks.codeqa.generator.paths import NUMBER, End, Walker, bare, named, telling
from memorygym.tracks.codeqa.generator.session import BY_KEY, SessionFact
from memorygym.tracks.codeqa.generator.syntax_tree import module_of

_PROPERTIES = ("default", "value", "base", "raises", "file", "argument")
_OF_USERS = ("rows", "breaks", "setting")
"""Aspects of a topic of which users tell, and code does not."""
LIKELY = 0.3
"""Share of all names for which a module is where one would look."""


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question that may be asked."""

    kind: str
    text: str
    truth: str
    question_type: str = "retrieval"
    told: tuple[SessionFact, ...] = ()
    """What the session must observe for it, and then what it observes of topics like that."""
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Runs:
    """What the running code was seen to do."""

    values: Mapping[str, str] = field(default_factory=dict)
    """What calls return."""
    failing: tuple[tuple[str, str, str], ...] = ()
    """A constant, a new value of it, and the one test that then fails."""


class QuestionDrafter:
    """Drafts questions of a kind and a number of hops; None where luck had none."""

    def __init__(self, walker: Walker, runs: Runs) -> None:
        self._at = walker
        self._tree = tree = walker.tree
        self._topics = walker.topics
        self._chance = walker.rng
        self._runs = runs
        self._called: dict[int, list[str]] = {}
        for name, callers in tree.callers.items():
            apart = len({tree.functions[one].path for one in callers}) > 1
            plain = all("." not in one and named(one) for one in callers)
            if apart and plain and name in tree.functions:
                self._called.setdefault(len(set(callers)), []).append(name)
        classes = Counter(module_of(tree, name) for name in walker.names["class"])
        places = Counter(module_of(tree, name) for name in tree.places)
        most = len(tree.places) * LIKELY
        self._crowded = {one for one in places if classes[one] > 3 or places[one] > most}
        """Modules in which one expects a name to be, whichever it is."""

    def kinds(self, hops: int) -> dict[str, Callable[[int], QuestionDraft | None]]:
        """What can be asked with so many hops."""
        found: dict[str, Callable[[int], QuestionDraft | None]] = {
            name: partial(self._chain, name) for name in _PROPERTIES
        }
        if hops >= 2:
            found |= {"sum": self._sum, "callers": self._callers}
        if self._topics and hops == 1:
            found["topic"] = partial(self._topic, list(BY_KEY))
            found["complaint"] = partial(self._topic, _OF_USERS)
        if self._topics and hops >= 2:
            found["bridge"] = self._bridge
        if self._runs.values:
            found["output"] = partial(self._output, "output", 1)
        if self._runs.values and hops >= 2:
            found |= {"returns": self._returns, "failing": self._failing}
            found["composition"] = partial(self._output, "composition", 2)
        return found

    def _chain(self, kind: str, hops: int) -> QuestionDraft | None:
        """A property of what a path of names leads to."""
        start = "constant" if kind == "value" and hops == 1 else "function"
        if kind in ("base", "file"):
            start = self._chance.choice(["function", "class"])
        return self._final(self._at.walk(self._at.start(start), hops - 1), kind)

    def _bridge(self, hops: int) -> QuestionDraft | None:
        """The same from a topic of the session."""
        end = self._at.walk(self._at.opening(), hops - 2)
        return self._final(end, self._chance.choice(_PROPERTIES))

    def _final(self, end: End | None, kind: str) -> QuestionDraft | None:
        if end is None:
            return None
        made = self._property(kind, end)
        if made is None or not (NUMBER.match(made[1]) or named(made[1])):
            return None
        text, truth = made
        return QuestionDraft(kind, text, truth, told=end.told, rivals=self._rivals(truth))

    def _property(self, kind: str, end: End) -> tuple[str, str] | None:
        """A question of what a path leads to, and what is true."""
        tree, name, path = self._tree, end.name, end.text
        code = tree.functions.get(name)
        match kind:
            case "default" if told := self._default(end):
                return f"What is {told[0]}?", told[1]
            case "value" if telling(value := tree.constants.get(name, "")):
                return f"What is the value of {path}?", bare(value)
            case "base" if not hasattr(builtins, parent := tree.bases.get(name, "object")):
                return f"Which class does {path} derive from?", parent
            case "raises" if code and len(code.raises) == 1:
                fault = code.raises[0]
                if fault[0].isupper() and not hasattr(builtins, fault):
                    return f"Which exception does {path} raise?", fault
            case "file" if end.kind != "constant" and name in tree.places:
                module = module_of(tree, name)
                if module not in self._crowded:
                    return f"In which module is {path} defined? Give the module's own name.", module
            case "argument" if code:
                if held := [(*at, v) for at, v in code.arguments.items() if telling(v)]:
                    mark, word, value = self._chance.choice(held)
                    question = f"What does the decorator `{mark}` of {path} set `{word}` to?"
                    return question, bare(value)
        return None

    def _default(self, end: End) -> tuple[str, str] | None:
        code = self._tree.functions.get(end.name)
        held = [(p, v) for p, v in (code.defaults if code else {}).items() if telling(v)]
        if not held:
            return None
        parameter, value = self._chance.choice(held)
        return f"the default of the parameter `{parameter}` of {end.text}", bare(value)

    def _sum(self, hops: int) -> QuestionDraft | None:
        """Two numbers, each at the end of a path of its own."""
        first = self._chance.between(1, hops - 1)
        ends = self._far(first), self._far(hops - first)
        one, other = map(self._term, ends)
        if not one or not other or one[0] == other[0] or not (ends[0] and ends[1]):
            return None
        total = str(int(one[1]) + int(other[1]))
        text = f"What is the sum of {one[0]} and {other[0]}?"
        return QuestionDraft("sum", text, total, told=(*ends[0].told, *ends[1].told))

    def _far(self, hops: int) -> End | None:
        """Something so many hops away, the last one for its value."""
        if self._topics and hops > 1 and self._chance.bernoulli(0.5):
            return self._at.walk(self._at.opening(), hops - 2)
        start = "constant" if hops == 1 and self._chance.bernoulli(0.5) else "function"
        return self._at.walk(self._at.start(start), hops - 1)

    def _term(self, end: End | None) -> tuple[str, str] | None:
        if end is None:
            return None
        told: tuple[str, str] | None
        if end.kind == "constant":
            told = f"the value of {end.text}", self._tree.constants[end.name]
        else:
            told = self._default(end)
        return told if told and NUMBER.match(told[1]) and telling(told[1]) else None

    def _callers(self, hops: int) -> QuestionDraft | None:
        """All functions that call one; each of them is a hop."""
        some = self._called.get(hops)
        if not some:
            return None
        name = self._chance.choice(some)
        truth = f"{hops} ({', '.join(sorted(set(self._tree.callers[name])))})"
        text = f"Which {hops} functions call `{name}`? Give their number and their names."
        return QuestionDraft("callers", text, truth, "relationship_count")

    def _topic(self, keys: Sequence[str], hops: int) -> QuestionDraft | None:
        """What the session observed of a topic."""
        aspect = BY_KEY[self._chance.choice(keys)]
        told = self._at.observed(aspect)
        if not told:
            return None
        first, *others = told
        rivals = tuple(one.value for one in others)
        text = aspect.question.format(topic=first.topic)
        return QuestionDraft("topic", text, first.value, told=told, rivals=rivals)

    def _output(self, kind: str, deep: int, hops: int) -> QuestionDraft | None:
        """What a call returns, or a call of what another one returns."""
        call = self._chance.choice([one for one in self._runs.values if one.count("(") == deep])
        return QuestionDraft(kind, f"What does `{call}` return?", self._runs.values[call])

    def _returns(self, hops: int) -> QuestionDraft | None:
        """What a function that must first be found returns."""
        start = self._at.opening() if self._topics and self._chance.bernoulli(0.5) else None
        end = start or self._at.walk(self._at.start("function"), 1)
        if end is None or end.kind != "function":
            return None
        calls = [
            call for call in self._runs.values if re.match(rf"{re.escape(end.name)}\(\d+\)$", call)
        ]
        if not calls:
            return None
        call = self._chance.choice(calls)
        given = call[len(end.name) + 1 : -1]
        text = f"What does {end.text} return for the argument {given}?"
        return QuestionDraft("returns", text, self._runs.values[call], told=end.told)

    def _failing(self, hops: int) -> QuestionDraft | None:
        if not self._runs.failing:
            return None
        name, value, test = self._chance.choice(self._runs.failing)
        text = f"Exactly one test fails once `{name}` is set to {value}: which one?"
        return QuestionDraft("failing", text, test)

    def _rivals(self, truth: str) -> tuple[str, ...]:
        """Names that hold all its words and more, which the grader might take for it."""
        words = set(truth.casefold().split("_"))
        every = (one for one in self._tree.places if words < set(one.casefold().split("_")))
        return tuple(islice(every, 8))
