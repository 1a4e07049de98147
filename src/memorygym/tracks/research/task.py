"""An instance as a task: searches that pass by, then the question; nothing else is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorygym.core import Budget, Event, Task
from memorygym.instances.model import Fact, Gold, Question
from memorygym.statements import Statement
from memorygym.tracks._stream import ASKS
from memorygym.tracks.research.dealing import questions
from memorygym.tracks.research.reading import ResearchReader

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
    id, knobs = instance["instance_id"], instance.get("knobs", {})
    if knobs.get("mode") == AGENTIC:
        # The question comes first, and all that follows is what can be searched for.
        events = (events[-1], *events[:-1])
        facts = [replace(fact, event=0) for fact in facts]
        asked = replace(asked, event=0)
    gold = Gold(tuple(facts), (asked,))
    recipe = {"template": template, "seed": seed, "instance": id, "knobs": knobs}
    return Task(id, TRACK, recipe, instance["system"], events, Budget(), gold)


def events_of(instance: Mapping[str, Any]) -> tuple[Event, ...]:
    """The searches in their order, the briefing before and the question after them."""
    turns = len(instance["turns"])
    told = instance["reveal_mode"] == "immediate"
    total = turns + 1 + told
    question = instance["question"]
    first = [Event(TELLS, questions.briefing_text(total, question))] if told else []
    files = [instance["memory_files"][questions.file_name(at)] for at in range(turns)]
    if instance.get("knobs", {}).get("mode") == AGENTIC:
        documents = sum(len(turn["documents"]) for turn in instance["turns"])
        steps = STEPS_A_HOP * instance["num_hops"] + documents // questions.LISTED
        asked = questions.task_text(question, instance["answer_form"], steps)
    else:
        asked = questions.question_text(total, question, instance["answer_form"])
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
    sentence = ResearchReader().tell(told)
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
        kind=instance.get("knobs", {}).get("shape", "bridge"),
        competency="retrieval",
        text=instance["question"],
        truth=instance["answer"],
        aliases=tuple(instance["aliases"]),
        rivals=tuple(instance["start_entities"]),
        needs=tuple(fact["fact_id"] for fact in instance["grounding_facts"]),
        hops=instance["num_hops"],
    )
