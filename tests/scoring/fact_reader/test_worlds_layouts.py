"""Worlds: whatever the layout, the same facts are read, and no answer and no cause changes."""

import json
import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.tracks.worlds.fact_reader import Parser, strong_reader
from memorygym.tracks.worlds.facts import Guide, Knowledge, Record
from memorygym.tracks.worlds.prose_reader import HEAD
from memorygym.tracks.worlds.trace_facts import WorldsReader
from tests.episodes import generated, gold
from tests.layouts import blind, development
from tests.layouts.blocks import Block, Item

CASES = Path(__file__).parents[2] / "cases" / "fact_reading.jsonl"
UNREADABLE = {"chat", "minutes", "sql_statements"}
"""Layouts of `blind` that the reader reads in part or not at all; docs/limitations.md has them."""
LAYOUTS = {
    **development.LAYOUTS,
    **{name: layout for name, layout in blind.LAYOUTS.items() if name not in UNREADABLE},
}


def blocks(guide: Guide, records: Sequence[Record]) -> list[Block]:
    """What layouts render of records: one block each, in their order."""
    return [Block(r.name, guide.noun, tuple(items(guide, r)), r.date) for r in records if r.name]


def items(guide: Guide, record: Record) -> list[Item]:
    found = [Item("group", record.category, "category")] if record.category else []
    for code, value in record.values.items():
        a, former = guide.attribute(code), record.former.get(code)
        previous = "" if former is None else a.show(former)
        found.append(Item(a.label, a.show(value), a.kind, previous=previous))
    for code, amount in record.shifts.items():
        a = guide.attribute(code)
        way = "higher" if amount > 0 else "lower"
        found.append(Item(a.label, f"{a.number(abs(amount))} {way} than stated before", "shift"))
    phrases = {relation.code: relation.phrase for relation in guide.relations}
    return found + [Item(phrases[code], other, "relation") for code, other in record.edges]


def ordered(records: Sequence[Record]) -> list[Record]:
    """The records in the order in which they hold."""
    return [record for listed in Knowledge(records).by_name.values() for record in listed]


def facts(records: Sequence[Record], guide: Guide) -> dict[tuple[str, ...], object]:
    """All facts that follow from records."""
    known = Knowledge(records)
    found: dict[tuple[str, ...], object] = {}
    for name, listed in known.by_name.items():
        values = {a.code: known.current(name, a.code) for a in guide.attributes}
        found |= {(name, code): value for code, value in values.items() if value is not None}
        found |= {(name, *edge): True for record in listed for edge in record.edges}
        if category := known.category(name):
            found[name, "category"] = category
    return found


@cache
def shown(template: str) -> tuple[str, tuple[Record, ...]]:
    """The system message of a task, and all that its documents state of twelve entities."""
    task = generated(template)
    reader = strong_reader(task.system)
    records = [r for e in task.events if "=== QUESTION" not in e.text for r in reader.read(e.text)]
    names = list(dict.fromkeys(record.name for record in records))[:12]
    return task.system, tuple(ordered([r for r in records if r.name in names]))


def check(template: str, render: Callable[[Sequence[Block]], str]) -> None:
    system, records = shown(template)
    reader = strong_reader(system)
    text = render(blocks(reader.guide, records))
    wanted, read = facts(records, reader.guide), facts(reader.read(text), reader.guide)
    wrong = {key: value for key, value in read.items() if wanted.get(key) != value}
    missed = [key for key in wanted if key not in read]
    assert not wrong
    assert len(missed) <= 0.01 * len(wanted), missed[:5]


@pytest.mark.parametrize("name", LAYOUTS)
def test_all_facts_are_read_in_any_layout(name: str) -> None:
    check("company", LAYOUTS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("template", registry.names("domains"))
def test_all_facts_of_every_domain_are_read_in_any_layout(template: str, name: str) -> None:
    check(template, LAYOUTS[name])


@pytest.mark.parametrize("name", sorted(LAYOUTS.keys() - {"upper", "lower"}))
def test_no_answer_and_no_cause_depends_on_the_layout(name: str) -> None:
    """Over a view of half of the documents in any order, as a memory may compose it.

    A text in one case throughout is left out: a name that stands in it once is no name.
    """
    task = generated("city")
    strong, of_trace = strong_reader(task.system), WorldsReader(gold(task), task.system)
    records = [r for e in task.events if "=== QUESTION" not in e.text for r in strong.read(e.text)]
    seen = ordered(random.Random(7).sample(records, len(records) // 2))
    read = strong.read(LAYOUTS[name](blocks(strong.guide, seen)))
    for event in task.events:
        if query := strong.ask(event.text):
            assert strong.answer(query, Knowledge(read)) == strong.answer(query, Knowledge(seen))
    for question in of_trace.goals:
        needs = [of_trace.required(question, need) for need in question.needs]
        assert [need.state(read) for need in needs] == [need.state(seen) for need in needs]


@pytest.mark.parametrize("template", registry.names("domains"))
def test_documents_are_read_as_the_quick_path_reads_them(template: str) -> None:
    task = generated(template)
    parser = Parser(strong_reader(task.system).guide)
    for event in task.events:
        for match in HEAD.finditer("" if "=== QUESTION" in event.text else event.text):
            quick, general = parser._prose.read(match[0]), list(parser._general(match[0]))
            assert merged(general) == merged(quick)


def merged(records: Sequence[Record]) -> dict[tuple[str, ...], object]:
    """All that records state, whatever the number of records."""
    found: dict[tuple[str, ...], object] = {}
    for record in records:
        found |= {(record.name, code): value for code, value in record.values.items()}
        found |= {(record.name, "shift", code): n for code, n in record.shifts.items()}
        found |= {(record.name, *edge): True for edge in record.edges}
        found |= {(record.name,): record.category} if record.category else {}
    return found


def adversarial() -> list[dict[str, object]]:
    return [json.loads(line) for line in CASES.read_text().splitlines()]


@pytest.mark.parametrize("case", adversarial(), ids=lambda case: str(case["id"]))
def test_adversarial_texts_are_read_exactly(case: dict[str, object]) -> None:
    system, _ = shown("company")
    reader = strong_reader(system)
    labels = {a.code: a.label for a in reader.guide.attributes}
    read = facts(reader.read(str(case["text"])), reader.guide)
    plain = {
        (name, labels[code]): value for (name, code, *_), value in read.items() if code in labels
    }
    wanted = {(n, a): tuple(v) if isinstance(v, list) else v for n, a, v in case["facts"]}  # type: ignore[attr-defined]
    assert plain == wanted
