"""Verification: what an instance claims, proved from its final texts by the independent reader."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import count
from memorygym.core.types import JSON
from memorygym.tracks._qa.ablation import (
    AblationInput,
    QuestionEvent,
    ShownDocument,
    Verdict,
    result,
)
from memorygym.tracks._qa.correctness import right
from memorygym.tracks._qa.questions import Found
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.task_texts import file_name, memory_files
from memorygym.tracks.research.question_grammar import (
    GrammarStep,
    Pick,
    Query,
    Shared,
    Total,
    phrase,
)
from memorygym.tracks.research.task import documents_of, events_of, facts_of, question_of

CHANCE = 0.25
"""The best that who sees only the order of the sub-queries may hope for."""
_SOUGHT = re.compile(r"^Sub-query: (.*)$", re.MULTILINE)


class _SilentReader(ResearchReader):
    """The reader, which remembers what it was told."""

    def __init__(self, needed: set[tuple[str, str, str]]) -> None:
        self._needed = needed
        self.most = 0
        """How many needed facts one text told at most."""
        self.told: list[Statement] = []
        self.answers: Counter[tuple[str, str]] = Counter()
        """By key and value, how often it was told."""

    def read(self, text: str) -> tuple[Statement, ...]:
        told = super().read(text)
        self.told += told
        self.most = max(self.most, len(self._needed & {one[:3] for one in told}))
        self.answers.update((one.key, one.value) for one in told)
        return told

    def guess(self, query: Query) -> str | None:
        """The most common answer to the last step of a query."""
        match query:
            case GrammarStep(key, inverse=True):
                return next((one.subject for one in self.told if one.key == key), None)
            case GrammarStep(key) | Pick(key):
                return self._common(key)
            case Shared():
                return self._common("inventor")
            case Total(left, right):
                sides = [self.guess(side) for side in (left, right)]
                numbers = [int(side) for side in sides if side and side.isdecimal()]
                return query.of(*numbers) if len(numbers) == 2 else None
        return None

    def _common(self, key: str) -> str | None:
        """What is told most often of a key; of numbers all told once, the middle of their range."""
        told = {v: n for (k, v), n in self.answers.items() if k.split(" ")[0] == key or k == key}
        best = max(told, key=lambda value: (told[value], value), default=None)
        if best is None or told[best] > 1:
            return best
        numbers = [int(value) for value in told if value.isdecimal()]
        return str((min(numbers) + max(numbers)) // 2) if numbers else None


def verification(instance: Mapping[str, Any]) -> dict[str, JSON]:
    """All checks on the final texts; an instance is accepted if every one of them is passed."""
    facts, (*texts, last) = facts_of(instance), [event.text for event in events_of(instance)]
    listener = _SilentReader({(fact.subject, fact.key, fact.value) for fact in facts})
    contents = {raw["fact_id"]: raw["content"] for raw in instance["grounding_facts"]}
    asked = QuestionEvent(question_of(instance, len(texts)), last)
    ablation_input = AblationInput(
        reader=listener,
        documents=[ShownDocument(at, text) for text, at in documents_of(texts).items()],
        facts=[replace(fact, sentence=contents[fact.id]) for fact in facts],
        questions=[asked],
        guess=listener.guess,
        tokens=sum(map(count, texts)),
        target=instance["target_tokens"],
        window=instance["eviction_policy"]["window_size"],
        pinned=instance["system"],
    )
    return result(
        ablation_input,
        subquery_shortcut=lambda: _shortcut(instance, listener, asked),
        one_fact_each=lambda: {"ok": listener.most == 1, "most": listener.most},
        turns_match=lambda: _turns_match(instance),
    )


def _shortcut(
    instance: Mapping[str, Any], listener: _SilentReader, asked: QuestionEvent
) -> Verdict:
    """Who answers what the last sub-query of the question's last kind asks is wrong, and there
    are so many of that kind that a guess among them seldom is right."""
    known = StatementIndex(listener.told)
    query = listener.ask(asked.text)
    wanted = _last_keys(query)
    found: list[str] = []
    for at in range(len(instance["turns"])):
        text = instance["memory_files"][file_name(at)]
        sought = phrase(_SOUGHT.findall(text)[0])
        if sought is not None and _last_keys(sought) == wanted[-1:]:
            got = listener.answer(sought, known)
            found += [got.answer] if isinstance(got, Found) else []
    guesses = found[-1:]
    if isinstance(query, Total) and len(found) > 1:
        guesses = [query.of(*map(int, found[-2:]))]
    distinct = len(dict.fromkeys(found))
    wrong = not any(right(asked.question, guess) for guess in guesses)
    fewest = len(wanted) / CHANCE
    return {"ok": wrong and distinct >= fewest, "candidates": distinct, "guesses": list(guesses)}


def _last_keys(query: Query | None) -> list[str]:
    """What the last look-ups of a query are for: two for the sum of two."""
    match query:
        case GrammarStep(key):
            return [key]
        case Total(left, right):
            return [*_last_keys(left), *_last_keys(right)]
        case Shared():
            return ["inventor"]
        case Pick(_, _, left, right):
            return _last_keys(left) or _last_keys(right)
    return []


def _turns_match(instance: Mapping[str, Any]) -> Verdict:
    """The texts are those of the turns, and the documents are under their titles."""
    turns, files = instance["turns"], instance["memory_files"]
    texts = [(turn["sub_query"], [one["text"] for one in turn["documents"]]) for turn in turns]
    window = instance["eviction_policy"]["window_size"]
    off: list[JSON] = []
    for at, (name, text) in enumerate(memory_files(texts, instance["reveal_mode"], window).items()):
        documents = turns[at]["documents"]
        titled = all(one["text"].startswith(f"[{one['title']}]\n") for one in documents)
        if not titled or files[name] != text:
            off.append(at)
    extra = len(files) - len(turns)
    return {"ok": not off and not extra, "turns": len(turns), "off": off}
