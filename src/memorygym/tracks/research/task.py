"""The task of an instance: the results of searches, then the question; nothing else is shown.

Instances of MemGym's own schema are also read: missing fields are filled in, wrong ones are named.
"""

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.statements import Statement
from memorygym.core.types import Budget, Event, Task
from memorygym.tracks._qa.questions import Question, QuestionGold
from memorygym.tracks._qa.stream import QUESTION_KIND
from memorygym.tracks.research.fact_reader import CONTENT
from memorygym.tracks.research.generator import task_texts

TRACK, AGENTIC = "research", "agentic"
STEPS_A_HOP = 12
"""Calls allowed for each hop of a question in the agentic mode; and one for each page of the whole
collection."""
SEARCH_KIND, BRIEFING_KIND = "search", "briefing"
"""Kinds of events that ask no question."""


def task_of(instance: Mapping[str, Any], template: str, seed: int) -> Task:
    """The task of an instance; results name it by the template and the seed."""
    events = events_of(instance)
    question = question_of(instance, len(events) - 1)
    id, parameters = instance["instance_id"], instance.get("parameters", {})
    if parameters.get("mode") == AGENTIC:
        # The question comes first; all other events are the collection to search.
        events = (events[-1], *events[:-1])
        question = replace(question, event=0)
    gold = QuestionGold((question,))
    recipe = {"template": template, "seed": seed, "instance": id, "parameters": parameters}
    return Task(id, TRACK, recipe, instance["system"], events, Budget(), gold)


def events_of(instance: Mapping[str, Any]) -> tuple[Event, ...]:
    """The events: a briefing if the question is revealed, the searches, and the question."""
    turns = len(instance["turns"])
    is_revealed = instance["reveal_mode"] == "immediate"
    total = turns + 1 + is_revealed
    question = instance["question"]
    briefing = (
        [Event(BRIEFING_KIND, task_texts.briefing_text(total, question))] if is_revealed else []
    )
    files = [instance["memory_files"][task_texts.file_name(turn)] for turn in range(turns)]
    if instance.get("parameters", {}).get("mode") == AGENTIC:
        documents = sum(len(turn["documents"]) for turn in instance["turns"])
        steps = STEPS_A_HOP * instance["num_hops"] + documents // task_texts.LISTED
        last_text = task_texts.task_text(question, instance["answer_form"], steps)
    else:
        last_text = task_texts.question_text(total, question, instance["answer_form"])
    return (
        *briefing,
        *(Event(SEARCH_KIND, text) for text in files),
        Event(QUESTION_KIND, last_text),
    )


def documents_of(texts: Iterable[str]) -> dict[str, int]:
    """The documents in the texts of events, each with the first event that shows it."""
    first_events: dict[str, int] = {}
    for event, text in enumerate(texts):
        for paragraph in text.split("\n\n"):
            if paragraph.startswith("["):
                first_events.setdefault(paragraph, event)
    return first_events


def facts_of(instance: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The facts that the question needs."""
    return tuple(map(_fact, instance["grounding_facts"]))


def _fact(raw: Mapping[str, Any]) -> Statement:
    if not {"subject", "key", "value"} <= raw.keys():
        # An imported fact is only a sentence: a model can use it, our reader cannot.
        return Statement(raw["source_paragraph_title"], CONTENT, raw["content"])
    return Statement(raw["subject"], raw["key"], raw["value"], rank=tuple(raw.get("rank", ())))


def question_of(instance: Mapping[str, Any], event: int) -> Question:
    """The question of an instance, asked in that event."""
    return Question(
        event=event,
        kind=instance.get("parameters", {}).get("shape", "bridge"),
        question_type="retrieval",
        text=instance["question"],
        truth=instance["answer"],
        aliases=tuple(instance["aliases"]),
        rivals=tuple(instance["start_entities"]),
        needs=facts_of(instance),
        hops=instance["num_hops"],
    )


_EMPTY: dict[str, Any] = {
    "base_instance": "", "source_dataset": "", "aliases": [], "decomposition": [],
    "grounding_facts": [], "distractors": [], "gold_supporting_paragraphs": [],
    "contradictions": [], "transforms_applied": [], "difficulty_preset": "",
    "reveal_mode": "delayed", "memory_required_facts": [], "context_tokens": {}, "parameters": {},
    "start_entities": [], "answer_form": "the answer alone", "verification": {}, "rubric": {},
    "system": task_texts.SYSTEM,
}  # fmt: skip


def imported(raw: Mapping[str, Any], place: str = "instance") -> dict[str, Any]:
    """The instance with every field of the schema; facts without subject, key and value stay so.

    Raises BadSettings with the field that is missing or of another type.

    >>> imported({"question": "Who?", "answer": "Ann", "turns": []}, "row 3")
    Traceback (most recent call last):
    memorygym.core.errors.BadSettings: row 3.turns must contain at least 1 items
    """
    import fastjsonschema

    try:
        _compiled()(raw)
    except fastjsonschema.JsonSchemaValueException as error:
        raise BadSettings(str(error).replace("data", place, 1)) from None
    instance = deepcopy({**_EMPTY, **raw})
    instance["original_question"] = raw.get("original_question") or instance["question"]
    instance["turns"] = [_turn(at, turn) for at, turn in enumerate(instance["turns"])]
    instance["grounding_facts"] = [
        {"fact_id": f"f{at}", "source_paragraph_title": "", **fact}
        for at, fact in enumerate(instance["grounding_facts"], 1)
    ]
    instance["num_hops"] = raw.get("num_hops") or len(instance["decomposition"]) or 1
    policy = {"mode": "full_eviction", "window_size": 1, **instance.get("eviction_policy", {})}
    # The original also gives full eviction a window, but nothing stays in view there.
    policy["window_size"] = policy["window_size"] if policy["mode"] == "sliding_window" else 1
    instance["eviction_policy"] = policy
    turns = [
        (turn["sub_query"], [*map(_paragraph, turn["documents"])]) for turn in instance["turns"]
    ]
    # These are the texts as our events show them; the original's texts have no headers.
    instance["memory_files"] = task_texts.memory_files(
        turns, instance["reveal_mode"], policy["window_size"]
    )
    instance.setdefault("instance_id", place)
    return instance


@cache
def _compiled() -> Any:
    """The compiled JSON Schema of an instance in the original's format."""
    import fastjsonschema

    schema = Path(__file__).with_name("import_schema.json").read_text(encoding="utf-8")
    return fastjsonschema.compile(json.loads(schema), use_default=False)


def _turn(at: int, turn: Mapping[str, Any]) -> dict[str, Any]:
    documents = [
        {"title": "", "is_supporting": False, **document} for document in turn["documents"]
    ]
    defaults = {"sub_query": "", "sub_answer": "", "is_red_herring": False}
    return {**defaults, **turn, "turn_index": at, "documents": documents}


def _paragraph(document: Mapping[str, Any]) -> str:
    """A document under its title, without blank lines, so that it is one paragraph."""
    text = "\n".join(line for line in document["text"].splitlines() if line.strip())
    title = document["title"]
    has_title = not title or text.split("\n", 1)[0] in (title, f"[{title}]")
    return text if has_title else f"[{title}]\n{text}"
