"""An instance as a task: searches that pass by, then the question; nothing else is shown.

An instance of MemGym's own schema is read leniently: what is missing is filled in, what is wrong is
named.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.statements import Statement
from memorygym.core.types import Budget, Event, Task
from memorygym.tracks._qa.questions import Fact, Question, QuestionGold
from memorygym.tracks._qa.stream import ASKS
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator import task_texts

TRACK, AGENTIC = "research", "agentic"
STEPS_A_HOP = 12
"""Calls that a question allows for each of its hops, where the reasoner searches itself; and one
more for every page of the whole collection."""
SHOWS, TELLS = "search", "briefing"
"""Kinds of events beside the one that asks."""


def task_of(instance: Mapping[str, Any], template: str, seed: int) -> Task:
    """The task that an instance is; its name in results is the template and the seed."""
    events = events_of(instance)
    facts, asked = facts_of(instance), question_of(instance, len(events) - 1)
    id, parameters = instance["instance_id"], instance.get("parameters", {})
    if parameters.get("mode") == AGENTIC:
        # The question comes first, and all that follows is what can be searched for.
        events = (events[-1], *events[:-1])
        facts = [replace(fact, event=0) for fact in facts]
        asked = replace(asked, event=0)
    gold = QuestionGold(tuple(facts), (asked,))
    recipe = {"template": template, "seed": seed, "instance": id, "parameters": parameters}
    return Task(id, TRACK, recipe, instance["system"], events, Budget(), gold)


def events_of(instance: Mapping[str, Any]) -> tuple[Event, ...]:
    """The searches in their order, the briefing before and the question after them."""
    turns = len(instance["turns"])
    told = instance["reveal_mode"] == "immediate"
    total = turns + 1 + told
    question = instance["question"]
    first = [Event(TELLS, task_texts.briefing_text(total, question))] if told else []
    files = [instance["memory_files"][task_texts.file_name(at)] for at in range(turns)]
    if instance.get("parameters", {}).get("mode") == AGENTIC:
        documents = sum(len(turn["documents"]) for turn in instance["turns"])
        steps = STEPS_A_HOP * instance["num_hops"] + documents // task_texts.LISTED
        asked = task_texts.task_text(question, instance["answer_form"], steps)
    else:
        asked = task_texts.question_text(total, question, instance["answer_form"])
    return (*first, *(Event(SHOWS, text) for text in files), Event(ASKS, asked))


def documents_of(texts: Iterable[str]) -> dict[str, int]:
    """The documents that texts of events show, each with the first event that shows it."""
    found: dict[str, int] = {}
    for at, text in enumerate(texts):
        for paragraph in text.split("\n\n"):
            if paragraph.startswith("["):
                found.setdefault(paragraph, at)
    return found


def facts_of(instance: Mapping[str, Any]) -> Sequence[Fact]:
    """The facts that the question rests on, in the reader's terms."""
    before = int(instance["reveal_mode"] == "immediate")
    return [_fact(raw, before + _told_at(instance, raw)) for raw in instance["grounding_facts"]]


def _fact(raw: Mapping[str, Any], event: int) -> Fact:
    id, content = raw["fact_id"], raw["content"]
    if not {"subject", "key", "value"} <= raw.keys():
        # An imported fact is only a sentence: a model can be asked for it, our reader cannot.
        return Fact(id, raw["source_paragraph_title"], "content", content, content, event)
    told = Statement(raw["subject"], raw["key"], raw["value"], tuple(raw.get("rank", ())))
    sentence = ResearchReader().render(told)
    return Fact(id, told.subject, told.key, told.value, sentence, event, raw.get("rewrites", 0))


def _told_at(instance: Mapping[str, Any], raw: Mapping[str, Any]) -> int:
    """The turn that tells a fact; of an imported one, the first with its paragraph."""
    if "first_available_at_turn" in raw:
        return int(raw["first_available_at_turn"])
    titles = [[document["title"] for document in turn["documents"]] for turn in instance["turns"]]
    title = raw["source_paragraph_title"]
    return next((at for at, found in enumerate(titles) if title in found), 0)


def question_of(instance: Mapping[str, Any], event: int) -> Question:
    """The question, asked in that event."""
    return Question(
        event=event,
        kind=instance.get("parameters", {}).get("shape", "bridge"),
        question_type="retrieval",
        text=instance["question"],
        truth=instance["answer"],
        aliases=tuple(instance["aliases"]),
        rivals=tuple(instance["start_entities"]),
        needs=tuple(fact["fact_id"] for fact in instance["grounding_facts"]),
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
    made = deepcopy({**_EMPTY, **raw})
    made["original_question"] = raw.get("original_question") or made["question"]
    made["turns"] = [_turn(at, turn) for at, turn in enumerate(made["turns"])]
    made["grounding_facts"] = [
        {"fact_id": f"f{at}", "source_paragraph_title": "", **fact}
        for at, fact in enumerate(made["grounding_facts"], 1)
    ]
    made["num_hops"] = raw.get("num_hops") or len(made["decomposition"]) or 1
    policy = {"mode": "full_eviction", "window_size": 1, **made.get("eviction_policy", {})}
    # The original's default window counts for full eviction too; nothing outlives a turn there.
    policy["window_size"] = policy["window_size"] if policy["mode"] == "sliding_window" else 1
    made["eviction_policy"] = policy
    turns = [(turn["sub_query"], [*map(_paragraph, turn["documents"])]) for turn in made["turns"]]
    # The texts as our events show them; the original's own rendering has no headers.
    made["memory_files"] = task_texts.memory_files(
        turns, made["reveal_mode"], policy["window_size"]
    )
    made.setdefault("instance_id", place)
    return made


@cache
def _compiled() -> Any:
    """Checks what of an instance of the original's schema must be there, and of which type."""
    import fastjsonschema

    schema = Path(__file__).with_name("import_schema.json").read_text(encoding="utf-8")
    return fastjsonschema.compile(json.loads(schema), use_default=False)


def _turn(at: int, turn: Mapping[str, Any]) -> dict[str, Any]:
    documents = [{"title": "", "is_supporting": False, **one} for one in turn["documents"]]
    filled = {"sub_query": "", "sub_answer": "", "is_red_herring": False}
    return {**filled, **turn, "turn_index": at, "documents": documents}


def _paragraph(document: Mapping[str, Any]) -> str:
    """A document under its title, without blank lines, so that it is one paragraph."""
    text = "\n".join(line for line in document["text"].splitlines() if line.strip())
    title = document["title"]
    titled = not title or text.split("\n", 1)[0] in (title, f"[{title}]")
    return text if titled else f"[{title}]\n{text}"
