"""Deal a task and show it as an agent would read it."""

import argparse
import json
from collections.abc import Iterator

from memorygym.commands._recipe import add_sizes, add_task, settings_of
from memorygym.core import JSON, Task
from memorygym.page import wrapped
from memorygym.tracks.worlds.dealing.gold import Change, Gold
from memorygym.tracks.worlds.dealing.tiers import Sizes
from memorygym.tracks.worlds.facts import Guide, Value
from memorygym.tracks.worlds.reader import reader


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_task(parser)
    add_sizes(parser)
    parser.add_argument(
        "--json", action="store_true", help="one JSON message a line, nothing wrapped"
    )
    parser.add_argument("--gold", action="store_true", help="add the facts, changes and truths")


def run(args: argparse.Namespace) -> int:
    """Prints the task."""
    sizes = Sizes(args.entities, args.writes, args.questions, args.corrections, args.tokens)
    task = settings_of(args, sizes).deal()
    assert isinstance(task.gold, Gold)
    if args.json:
        rows = [*_messages(task), *([{"gold": task.gold.to_json()}] if args.gold else [])]
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return 0
    print(wrapped(_summary(task)))
    for row in _messages(task):
        where = "" if row["event"] is None else f", event {int(str(row['event'])) + 1}"
        print(f"\n--- {row['role']}{where}")
        print(wrapped(str(row["content"])))
    if args.gold:
        for line in _gold_text(task.gold, reader(task.system).guide):
            print(wrapped(line))
    return 0


def _summary(task: Task) -> str:
    budget, recipe = task.budget, task.recipe
    return (
        f"task {task.id}: {recipe['template']}, seed {recipe['seed']}, {recipe['tier']},"
        f" {len(task.events)} events; memory of {budget.capacity:,} tokens, {budget.writes} writes,"
        f" {budget.slot} tokens an entry"
    )


def _messages(task: Task) -> Iterator[dict[str, JSON]]:
    """The system message, then every event; events are counted from 0, as traces count them."""
    yield {"event": None, "kind": "system", "role": "system", "content": task.system}
    for number, event in enumerate(task.events):
        yield {"event": number, "kind": event.kind, "role": "user", "content": event.text}


def _gold_text(gold: Gold, guide: Guide) -> Iterator[str]:
    """The side table for a person: who, what changed, what is asked and what is true."""

    def shown(code: str, value: Value) -> str:
        attribute = guide.attribute(code)
        return f"{attribute.label} {attribute.show(value)}"

    yield "\n--- gold: facts as first told"
    for name, category, values, event in zip(
        gold.names, gold.categories, gold.values, gold.shown, strict=True
    ):
        facts = "; ".join(
            shown(a.code, value) for a, value in zip(guide.attributes, values, strict=True)
        )
        yield f"{name} ({category}, event {event + 1}): {facts}"
    phrases = {relation.code: relation.phrase for relation in guide.relations}
    yield "\n--- gold: relations"
    for entity, code, other in gold.edges:
        yield f"{gold.names[entity]} {phrases[code]} {gold.names[other]}"
    yield "\n--- gold: changes"
    for change in gold.changes:
        old, new = shown(change.code, change.old), guide.attribute(change.code).show(change.new)
        where = f"event {change.event + 1}: {gold.names[change.entity]}"
        yield f"{where}, {old} → {new} ({_manner(change)})"
    yield "\n--- gold: questions"
    for question in gold.questions:
        yield f"event {question.event + 1}, {question.competency}: {question.text}"
        yield f"    truth: {question.truth}"


def _manner(change: Change) -> str:
    if not change.notice:
        return "a later document"
    return "correction by difference" if change.relative else "correction"
