"""Checks a task on its final texts, as `_qa.ablation` does, and guesses answers from these texts
without understanding them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set

from memorygym.core.types import JSON, Task
from memorygym.tracks._qa.ablation import CHECKS, CheckResult, TaskReadings, run_checks
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.verification import Checks, Totals, highest_share
from memorygym.tracks.codeqa.keys import VALUE_TYPES
from memorygym.tracks.codeqa.names import type_of
from memorygym.tracks.codeqa.questions import CodeQuery, CodeReader, guess

WORDING = frozenset(
    "function constant class exception module parameter default value decorator setting called"
    " read raised base package test".split()
)
"""Words of the domain."""
LEVEL = 0.05
"""The highest share of questions of a kind that a guess may answer, unless chance answers more."""
ERRORS = 3
"""Standard errors above it that count as a failure: many guesses are made about many kinds."""
ENOUGH = 40
"""Questions of a kind below which the best of so many guesses says nothing."""
_WORD = re.compile(r"\w+")


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks; each paragraph is a document, because a memory may keep it
    alone."""
    readings = TaskReadings(
        task, CodeReader(), guess=lambda _, query: guess(query), window=0, wording=WORDING
    )
    return run_checks(readings, CHECKS | {"text_guesses": text_guesses})


def text_guesses(reading: TaskReadings) -> CheckResult:
    """How often each guess is right, by kind of question; only all tasks together are judged."""
    text, names = TextGuesser(reading), ("asked", "choices", "tried", "right")
    counts = {name: Counter[str]() for name in names}
    for case in reading.cases:
        kind = case.question.kind
        counts["asked"][kind] += 1
        counts["choices"][kind] += text.choices(case.query)
        for name, answer in text.guesses(case.query).items():
            if name != "nearest" or case.question.hops > 1:  # Next to its owner stands the answer.
                counts["tried"][f"{kind}: {name}"] += 1
                counts["right"][f"{kind}: {name}"] += is_correct(case.question, answer)
    return {"ok": True, **{name: dict(numbers) for name, numbers in counts.items()}}


def together(totals: Totals) -> Checks:
    """By kind of question: how often each guess is right in all tasks, and whether too often."""
    counts = totals["text_guesses"]
    return {f"guesses, {kind}": _judged(kind, counts) for kind in sorted(counts.get("asked", ()))}


def _judged(kind: str, counts: Totals) -> CheckResult:
    asked, shares, guessable = counts["asked"][kind], dict[str, JSON](), list[JSON]()
    chance = asked / counts["choices"][kind]
    level = max(LEVEL, chance)
    for name, tried in counts["tried"].items():
        of, _, guessed = name.partition(": ")
        if of == kind:
            right = counts["right"][name]
            shares[guessed] = f"{right / tried:.1%}"
            if tried >= ENOUGH and right > tried * highest_share(tried, level, ERRORS):
                guessable.append(f"{name}: {right} of {tried:,} right")
    bound = f"{highest_share(asked, level, ERRORS):.1%}"
    return {
        "ok": not guessable,
        "asked": asked,
        **shares,
        "chance": f"{chance:.1%}",
        "bound": bound if asked >= ENOUGH else f"none below {ENOUGH}",
        "guessable": guessable,
    }


class TextGuesser:
    """Guesses at answers from all texts of a task, which know what kind of thing is asked for and
    which names the question has, and nothing of what a text says about whom."""

    def __init__(self, reading: TaskReadings) -> None:
        self._text = "\n\n".join(document.text for document in reading.documents)
        self._words = [(match[0], match.start()) for match in _WORD.finditer(self._text)]
        self._frequent = [
            word for word, _ in Counter(word for word, _ in self._words).most_common()
        ]
        self._names: set[str] = set()
        """All functions, classes and constants."""
        self._values: dict[str, list[str]] = {"callers": []}
        """By key: its values in their order, whosever they are."""
        for fact, _ in reading.numbered:
            if fact.key == "file":
                self._names.add(fact.subject)
            calls = fact.key.startswith("calls:")
            value = fact.subject if calls else fact.text
            value = value.rpartition(".")[2] if fact.key == "file" else value
            self._values.setdefault("callers" if calls else fact.key, []).append(value)

    def choices(self, query: CodeQuery) -> int:
        """How many different values there are for what a query asks for; of a sum, for a term."""
        terms = query.terms or (query,)
        return max(len({*self._values.get(term.key, ()), ""}) - 1 or 1 for term in terms)

    def guesses(self, query: CodeQuery) -> dict[str, str]:
        """The guesses by name."""
        if query.terms:
            terms = [*map(self.guesses, query.terms)]
            return {name: str(sum(int(term[name] or 0) for term in terms)) for name in terms[0]}
        anchor, values = query.path.anchor, self._values.get(query.key, [])
        candidates = self._candidates(query) - {anchor, *_WORD.findall(anchor)}
        ranked: dict[str, Iterable[str]] = {
            "most frequent": (word for word in self._frequent if word in candidates),
            "most frequent value": (value for value, _ in Counter(values).most_common()),
            "nearest": self._nearest(anchor, candidates),
            "last": reversed(values),
        }
        return {name: _written(query, [*dict.fromkeys(order)]) for name, order in ranked.items()}

    def _candidates(self, query: CodeQuery) -> Set[str]:
        """The words in the texts that are of the kind asked for."""
        type_ = VALUE_TYPES.get(query.kind.name, "function")
        if type_ in ("function", "class", "constant"):
            return {name for name in self._names if type_of(name) == type_}
        if query.kind.name in ("file", "plan"):
            return {*self._values[query.kind.name]}
        return {word for word in self._frequent if word.isdigit()}

    def _nearest(self, anchor: str, candidates: Set[str]) -> Sequence[str]:
        """The candidates by their distance from a name."""
        # A topic may begin a sentence with a capital letter.
        pattern = re.escape(anchor[1:] if " " in anchor else anchor)
        places = [match.start() for match in re.finditer(pattern, self._text)]
        found = [(word, at) for word, at in self._words if word in candidates]
        found.sort(key=lambda word: min((abs(word[1] - place) for place in places), default=0))
        return [word for word, _ in found]


def _written(query: CodeQuery, names: Sequence[str]) -> str:
    """The first names as an answer."""
    if number := query.kind.question_type == "relationship_count" and int(query.words["number"]):
        return f"{number} ({', '.join(sorted(names[:number]))})"
    return next(iter(names), "")
