"""Worlds: whatever the layout, the same facts are read, and no answer and no cause changes."""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.core.statements import FORMER, StatementIndex
from memorygym.tracks.worlds.fact_reader import Parser, strong_reader
from memorygym.tracks.worlds.prose_reader import HEAD
from tests.episodes import generated, gold
from tests.layouts import LAYOUTS
from tests.layouts.blocks import Block
from tests.layouts.tasks import (
    company_facts,
    documents,
    shown_world,
    world_blocks,
    world_facts,
)
from tests.slow import mostly_slow

CASES = Path(__file__).parents[2] / "cases" / "fact_reading.jsonl"


def check(template: str, render: Callable[[Sequence[Block]], str]) -> None:
    system, records = shown_world(template)
    reader = strong_reader(system)
    text = render(world_blocks(reader.guide, records))
    wanted, read = world_facts(records, reader.guide), world_facts(reader.read(text), reader.guide)
    wrong = {key: value for key, value in read.items() if wanted.get(key) != value}
    missed = [key for key in wanted if key not in read]
    assert not wrong
    assert len(missed) <= 0.01 * len(wanted), missed[:5]


@pytest.mark.parametrize("name", LAYOUTS)
def test_all_facts_are_read_in_any_layout(name: str) -> None:
    check("company", LAYOUTS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("template", registry.names("templates"))
def test_all_facts_of_every_domain_are_read_in_any_layout(template: str, name: str) -> None:
    check(template, LAYOUTS[name])


@mostly_slow("name", LAYOUTS, quick=15)
def test_no_answer_and_no_cause_depends_on_the_layout(name: str) -> None:
    """Over a view of half of the documents in any order, as a memory may compose it."""
    task = generated("city")
    strong = strong_reader(task.system)
    facts = [f for e in task.events if "=== QUESTION" not in e.text for f in strong.read(e.text)]
    shown = documents(facts)
    seen = [f for own in random.Random(7).sample(shown, len(shown) // 2) for f in own]
    read = strong.read(LAYOUTS[name](world_blocks(strong.guide, seen)))
    for event in task.events:
        if query := strong.ask(event.text):
            answers = [strong.answer(query, StatementIndex(facts)).answer for facts in (read, seen)]
            assert answers[0] == answers[1]
    for question in gold(task).questions:
        for need in question.needs:
            assert need.state(read) == need.state(seen)


@pytest.mark.parametrize("template", registry.names("templates"))
def test_documents_are_read_as_the_quick_path_reads_them(template: str) -> None:
    task = generated(template)
    parser = Parser(strong_reader(task.system).guide)
    for event in task.events:
        for match in HEAD.finditer("" if "=== QUESTION" in event.text else event.text):
            quick, general = parser._prose.read(match[0]), parser._general(match[0])
            assert {f for f in general.facts if f.role != FORMER} == set(quick.facts)


def adversarial() -> list[dict[str, object]]:
    return [json.loads(line) for line in CASES.read_text().splitlines()]


@pytest.mark.parametrize("case", adversarial(), ids=lambda case: str(case["id"]))
def test_adversarial_texts_are_read_exactly(case: dict[str, object]) -> None:
    read = company_facts(str(case["text"]))
    plain = {key: value for key, value in read.items() if len(key) == 2 and key[1] != "group"}
    wanted = {(n, a): tuple(v) if isinstance(v, list) else v for n, a, v in case["facts"]}  # type: ignore[attr-defined]
    assert plain == wanted


LATER = CASES.with_name("fact_reading_later.jsonl")
BEYOND = {"injection", "german"}
"""An order to note something of "every company", and text in another language."""


@pytest.mark.parametrize("line", LATER.read_text("utf-8").splitlines())
def test_later_adversarial_texts_credit_nothing_wrong(line: str) -> None:
    case = json.loads(line)
    read = {
        pair(*key, *([value] if len(key) == 2 else []))
        for key, value in company_facts(case["text"]).items()
    }
    stated = {pair(*fact) for fact in case["facts"]}
    assert read <= stated or case["id"] in BEYOND
    assert case["may_miss"] or read >= stated


def pair(name: str, label: str, value: object) -> tuple[object, ...]:
    """A fact; the two entities of a mutual relation in one order."""
    if label == "competes with":
        name, value = sorted((name, str(value)))
    return name, label, tuple(value) if isinstance(value, list) else value
