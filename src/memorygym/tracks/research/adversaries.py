"""Strategies that must not pay: they answer without knowing what serves the question.

One keeps the sentences about what the searches name, one those about what the documents make
conspicuous; one walks from the question's start names along every stated fact, whatever its
relation. Chance is a random answer of the right type.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import NamedTuple, TypeAlias

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import count
from memorygym.memories.stores.splitter import headed, sentences
from memorygym.tracks._qa.ablation import CheckResult, ParsedQuestion, TaskReadings
from memorygym.tracks._qa.questions import Found
from memorygym.tracks._qa.verification import (
    CHANCE_Z,
    Checks,
    Totals,
    highest_share,
    result,
)
from memorygym.tracks.research.questions import NAME, Hop, QuestionPart, Shared, Start, Total
from memorygym.tracks.research.relations import RELATIONS, TERM
from memorygym.tracks.research.vocabulary import type_of

BUDGETS = (1_000, 2_000)
"""Tokens of sentences that are kept."""
MARGIN = 0.1
"""How much better than chance a strategy may be, over all tasks together."""
_GROUPS = {"2 or 3 hops": 3, "4 hops or more": 1_000}
"""The groups of tasks for which that holds, by their most look-ups."""
_NAMES = re.compile(rf"\b{NAME}\b")
_SUB_QUERY = re.compile(r"^Sub-query: (.*)$", re.MULTILINE)
_WHOLE = 1_000
"""A sum of shares counts in thousandths, because only whole numbers are added up."""
Node: TypeAlias = tuple[str, str]
"""A kind, and a name or a number."""
Graph: TypeAlias = Mapping[Node, Sequence[Node]]
_WALKS: Mapping[str, Callable[[list[list[str]]], list[str]]] = {
    "nearest": lambda levels: next(filter(None, levels), []),
    "as deep": lambda levels: levels[-1],
    "anywhere": lambda levels: list(chain.from_iterable(levels)),
}
"""By name: which of the answers that have the right type, by the steps to them, a walk guesses."""


class _Sentence(NamedTuple):
    """A sentence that names entities."""

    heading: str
    text: str
    names: frozenset[str]


_CONSPICUOUS: Mapping[str, Callable[[Iterable[int]], int]] = {"about": max, "between": min}
"""By name: how conspicuous a sentence is by how conspicuous its names are."""


def adversaries(reading: TaskReadings) -> CheckResult:
    """How often each strategy is right, in thousandths; what is allowed is checked over all tasks
    together, by the number of look-ups."""
    (case,) = reading.cases
    graph = _graph(reading.known)
    shares = dict.fromkeys(("chance", *(f"walk, {name}" for name in _WALKS)), 1.0)
    for part, truth in _asked(reading, case):
        levels = [_of_kind(level, part.kind) for level in _levels(graph, part)]
        shares["chance"] *= _share(_of_kind(graph, part.kind), truth)
        for name, chosen in _WALKS.items():
            shares[f"walk, {name}"] *= _share(chosen(levels), truth)
    named = [[*_sentences(document.text)] for document in reading.documents]
    searched = {of_all: _searched(reading, named, of_all=of_all) for of_all in (False, True)}
    for budget, newest, of_all in product(BUDGETS, (False, True), (False, True)):
        kept = searched[of_all][:: -1 if newest else 1]
        name = f"keep {'newest' if newest else 'first'} {budget:,}{' of all searches' * of_all}"
        shares[name] = _is_right(reading, case, kept, budget)
    for name, kept in _conspicuous(reading, named):
        shares[f"{name} {BUDGETS[0]:,}"] = _is_right(reading, case, kept, BUDGETS[0])
    thousandths = {name: round(share * _WHOLE) for name, share in shares.items()}
    group = next(name for name, most in _GROUPS.items() if len(case.needs) <= most)
    return {"ok": True, group: {"asked": 1, **thousandths}}


def together(totals: Totals) -> Checks:
    """Whether a strategy is right more often than chance and MARGIN allow on questions of few or
    of many look-ups; with few tasks, by standard errors."""
    return {f"strategies, {group}": _checked(sums) for group, sums in totals["adversaries"].items()}


def _checked(sums: Mapping[str, int]) -> CheckResult:
    asked = sums["asked"]
    shares = {name: value / _WHOLE / asked for name, value in sums.items() if name != "asked"}
    bound = shares.pop("chance") + MARGIN
    limit = highest_share(asked, bound, CHANCE_Z)
    wrong = [f"{name} is right on {share:.1%}" for name, share in shares.items()
             if share > limit and share * asked > 1]  # fmt: skip
    best = max(shares, key=lambda name: shares[name])
    figures = {name: f"{share:.1%}" for name, share in shares.items()}
    return result(wrong, best=best, bound=f"{bound:.1%}", **figures)


def _asked(reading: TaskReadings, case: ParsedQuestion) -> Iterator[tuple[QuestionPart, str]]:
    """The parts that are guessed one by one, with their truths: the sides of a total, else the
    whole question."""
    query: QuestionPart = case.query
    for part in query.parts if isinstance(query, Total) else (query,):
        found = reading.reader.answer(part, reading.known)
        assert isinstance(found, Found), found
        yield part, found.answer


def _is_right(
    reading: TaskReadings, case: ParsedQuestion, kept: Iterable[_Sentence], budget: int
) -> bool:
    """Whether what sentences state within a budget gives the right answer; their headings cost
    nothing."""
    stated: list[Statement] = []
    for sentence in kept:
        budget -= count(sentence.text)
        if budget < 0:
            break
        stated += reading.reader.read(f"{sentence.heading}\n{sentence.text}")
    return reading.is_right(case, reading.reader.answer(case.query, StatementIndex(stated)))


def _sentences(text: str) -> Iterator[_Sentence]:
    """The sentences of a document that name entities."""
    heading, body = headed(text)
    for sentence in sentences(body):
        if names := frozenset(_NAMES.findall(sentence)):
            yield _Sentence(heading, sentence, names)


def _searched(
    reading: TaskReadings, named: Iterable[Sequence[_Sentence]], *, of_all: bool
) -> list[_Sentence]:
    """The sentences, given by document, that name an entity of their search, or of a search so
    far."""
    names, event = set[str](), -1
    kept: list[_Sentence] = []
    for document, own in zip(reading.documents, named, strict=True):
        if document.event != event:
            event = document.event
            asked = "".join(_SUB_QUERY.findall(reading.task.events[event].text))
            names = (names if of_all else set()) | set(_NAMES.findall(asked))
        kept += (sentence for sentence in own if not names.isdisjoint(sentence.names))
    return kept


def _conspicuous(
    reading: TaskReadings, own: Iterable[Sequence[_Sentence]]
) -> Iterator[tuple[str, list[_Sentence]]]:
    """The sentences, given by document, that state something, by how conspicuous what they name
    is: it has many documents, is named in many, shares its first word with many, or both of the
    latter."""
    texts = [document.text for document in reading.documents]
    stating = [s for s in chain.from_iterable(own) if reading.reader.read(s.text)]
    titled = Counter(name for text in texts for name in set(_NAMES.findall(headed(text)[0])))
    named = Counter(name for text in texts for name in set(_NAMES.findall(text)))
    words = Counter(word for name in named for word in name.split())
    namesakes = Counter({name: words[name.split()[0]] for name in named})
    both = Counter({name: named[name] * namesakes[name] for name in named})
    kinds = {"documented": titled, "named": named, "namesakes": namesakes, "both": both}
    for of, scores in kinds.items():
        for name, conspicuous in _CONSPICUOUS.items():
            yield (
                f"{name} most {of}",
                sorted(stating, key=lambda s: -conspicuous(scores[n] for n in s.names)),
            )


def _graph(known: StatementIndex) -> Graph:
    """By entity: what a fact that holds links it to; nothing leads on from a number."""
    graph: dict[Node, list[Node]] = {}
    for name in known.subjects:
        for key, fact in known.about(name).items():
            relation = RELATIONS[key if key in RELATIONS else TERM]
            subject, value = (relation.subject, name), (relation.value, fact.text)
            graph.setdefault(subject, []).append(value)
            graph.setdefault(value, []).extend([] if relation.numeric else [subject])
    return graph


def _levels(graph: Graph, part: QuestionPart) -> Iterator[list[Node]]:
    """What the start names of a question lead to, in one step, in two, and so on, as deep as its
    answer lies."""
    level = [(type_of(name), name) for name in _starts(part)]
    reached = set(level)
    for _ in range(_depth(part)):
        level = list(
            dict.fromkeys(n for node in level for n in graph.get(node, ()) if n not in reached)
        )
        reached.update(level)
        yield level


def _starts(part: QuestionPart) -> Iterator[str]:
    if isinstance(part, Start):
        yield part.name
    for inner in part.parts:
        yield from _starts(inner)


def _depth(part: QuestionPart) -> int:
    """The steps from a start name to what a part of a question leads to."""
    match part:
        case Start():
            return 0
        case Hop(_, inner):
            return _depth(inner) + 1
        case Shared(laboratory, basis):
            return min(_depth(laboratory) + 1, _depth(basis) + 2)
    return max(map(_depth, part.parts))


def _of_kind(nodes: Iterable[Node], kind: str) -> list[str]:
    return [name for node_kind, name in nodes if node_kind == kind]


def _share(names: Sequence[str], truth: str) -> float:
    """The share of guesses among names that are right."""
    return names.count(truth) / len(names) if names else 0.0
