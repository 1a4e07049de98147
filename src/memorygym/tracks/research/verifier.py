"""Verification: the independent reader checks the claims of an instance on its final texts."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from memorygym.core.statements import Statement, StatementIndex, Value
from memorygym.core.tokens import count
from memorygym.core.types import JSON
from memorygym.tracks._qa.ablation import (
    AblationInput,
    CheckResult,
    QuestionEvent,
    ShownDocument,
    run_checks,
)
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.questions import Found
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.task_texts import file_name, memory_files
from memorygym.tracks.research.question_grammar import (
    GrammarStep,
    Pick,
    Query,
    Shared,
    Total,
    parsed_phrase,
)
from memorygym.tracks.research.task import documents_of, events_of, facts_of, question_of

CHANCE_LEVEL = 0.25
"""The highest accuracy allowed from the order of the sub-queries alone."""
_SUB_QUERY = re.compile(r"^Sub-query: (.*)$", re.MULTILINE)


class _RecordingReader(ResearchReader):
    """A reader that records the statements in all texts that it reads."""

    def __init__(self, needed: set[tuple[str, str, Value]]) -> None:
        self._needed = needed
        self.most = 0
        """The most needed facts that a single text stated."""
        self.statements: list[Statement] = []
        self.value_counts: Counter[tuple[str, str]] = Counter()
        """How often each key and value was stated."""

    def read(self, text: str) -> tuple[Statement, ...]:
        statements = super().read(text)
        self.statements += statements
        self.most = max(self.most, len(self._needed & {statement[:3] for statement in statements}))
        self.value_counts.update((statement.key, statement.text) for statement in statements)
        return statements

    def guess(self, query: Query) -> str | None:
        """The best guess at a query: the most common answer to its last step."""
        match query:
            case GrammarStep(key, inverse=True):
                return next(
                    (statement.subject for statement in self.statements if statement.key == key),
                    None,
                )
            case GrammarStep(key) | Pick(key):
                return self._common(key)
            case Shared():
                return self._common("inventor")
            case Total(left, right):
                sides = [self.guess(side) for side in (left, right)]
                numbers = [int(side) for side in sides if side and side.isdecimal()]
                return query.result(*numbers) if len(numbers) == 2 else None
        return None

    def _common(self, key: str) -> str | None:
        """The most common value of a key; for numbers that all occur once, the middle of them."""
        statements = {
            value: number
            for (stated_key, value), number in self.value_counts.items()
            if stated_key.split(" ")[0] == key or stated_key == key
        }
        best = max(statements, key=lambda value: (statements[value], value), default=None)
        if best is None or statements[best] > 1:
            return best
        numbers = [int(value) for value in statements if value.isdecimal()]
        return str((min(numbers) + max(numbers)) // 2) if numbers else None


def verification(instance: Mapping[str, Any]) -> dict[str, JSON]:
    """The results of all checks on the final texts; an instance must pass every one."""
    facts, (*texts, last) = facts_of(instance), [event.text for event in events_of(instance)]
    reader = _RecordingReader({fact[:3] for fact in facts})
    contents = [raw["content"] for raw in instance["grounding_facts"]]
    question_event = QuestionEvent(question_of(instance, len(texts)), last)
    ablation_input = AblationInput(
        reader=reader,
        documents=[ShownDocument(event, text) for text, event in documents_of(texts).items()],
        questions=[question_event],
        guess=reader.guess,
        tokens=sum(map(count, texts)),
        target=instance["target_tokens"],
        window=instance["eviction_policy"]["window_size"],
        pinned=instance["system"],
        sentences=dict(zip(facts, contents, strict=True)),
    )
    return run_checks(
        ablation_input,
        subquery_shortcut=lambda: _shortcut(instance, reader, question_event),
        one_fact_each=lambda: {"ok": reader.most == 1, "most": reader.most},
        turns_match=lambda: _turns_match(instance),
    )


def _shortcut(
    instance: Mapping[str, Any], reader: _RecordingReader, event: QuestionEvent
) -> CheckResult:
    """The last sub-query of the right type gives a wrong answer, and there are enough sub-queries
    of that type that a guess among them rarely is right."""
    known = StatementIndex(reader.statements)
    query = reader.ask(event.text)
    keys = _last_keys(query)
    answers: list[str] = []
    for turn in range(len(instance["turns"])):
        text = instance["memory_files"][file_name(turn)]
        sub_query = parsed_phrase(_SUB_QUERY.findall(text)[0])
        if sub_query is not None and _last_keys(sub_query) == keys[-1:]:
            result = reader.answer(sub_query, known)
            answers += [result.answer] if isinstance(result, Found) else []
    guesses = answers[-1:]
    if isinstance(query, Total) and len(answers) > 1:
        guesses = [query.result(*map(int, answers[-2:]))]
    distinct = len(dict.fromkeys(answers))
    wrong = not any(is_correct(event.question, guess) for guess in guesses)
    fewest = len(keys) / CHANCE_LEVEL
    return {"ok": wrong and distinct >= fewest, "candidates": distinct, "guesses": list(guesses)}


def _last_keys(query: Query | None) -> list[str]:
    """The keys of the last look-ups of a query; a sum has two."""
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


def _turns_match(instance: Mapping[str, Any]) -> CheckResult:
    """The shown texts match the turns, and each document has its title."""
    turns, files = instance["turns"], instance["memory_files"]
    texts = [
        (turn["sub_query"], [document["text"] for document in turn["documents"]]) for turn in turns
    ]
    window = instance["eviction_policy"]["window_size"]
    mismatches: list[JSON] = []
    for turn, (name, text) in enumerate(
        memory_files(texts, instance["reveal_mode"], window).items()
    ):
        documents = turns[turn]["documents"]
        titled = all(
            document["text"].startswith(f"[{document['title']}]\n") for document in documents
        )
        if not titled or files[name] != text:
            mismatches.append(turn)
    extra = len(files) - len(turns)
    return {"ok": not mismatches and not extra, "turns": len(turns), "off": mismatches}
