"""All texts that an agent reads equal their snapshots; `--snapshot-update` renews these."""

import json
import re
from collections.abc import Callable
from itertools import chain

import pytest

from memorygym.agents.text_protocol import as_text
from memorygym.core import registry
from memorygym.core.episode import Episode
from memorygym.core.types import Event, Message, Task
from memorygym.memories.markdown import Markdown
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator import prose
from memorygym.tracks.worlds.generator.generator import load_template
from memorygym.tracks.worlds.generator.gold import Change
from memorygym.tracks.worlds.questions import REASONING
from tests.episodes import generated, gold

QUESTION_TYPES = ("retrieval", "update", "abstention", *REASONING)


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    return [generated("company", seed, "standard") for seed in range(12)]


def change_text(tasks: list[Task], accepts: Callable[[Change], bool]) -> str:
    """The text of the first event with an accepted change."""
    pairs = ((task, change) for task in tasks for change in gold(task).changes)
    task, change = next((task, change) for task, change in pairs if accepts(change))
    return task.events[change.event].text


def first(task: Task, kind: str) -> Event:
    return next(event for event in task.events if event.kind == kind)


def documents(tasks: list[Task]) -> str:
    head, second, *_, last = first(tasks[0], "documents").text.split("\n\n")
    return "\n\n".join([head, second, "[...]", last])


def sessions(_: list[Task]) -> str:
    task = generated("company", 0, "multi")
    heads = [event for event in task.events if event.session]
    return "\n".join(event.text.split("\n")[0] for event in [task.events[0], *heads])


def questions(tasks: list[Task]) -> str:
    """One question of every type."""
    by_type = {q.question_type: q for task in reversed(tasks) for q in gold(task).questions}
    asked = [by_type[question_type] for question_type in QUESTION_TYPES]
    return "\n\n".join(f"{q.question_type}: {q.text}\n-> {q.truth}" for q in asked)


def templates(_: list[Task]) -> str:
    """The first document of every domain."""
    texts = [first(generated(name), "documents").text for name in registry.names("templates")]
    return "\n\n".join(t.split("\n", 1)[1].split("\n\n")[0] for t in texts)


def opened(tasks: list[Task]) -> Episode:
    return Episode(WorldsEnv(tasks[0]), Markdown)


def text_protocol(tasks: list[Task]) -> str:
    shown = [Message("system", "[the system message]"), Message("user", "[event]")]
    view = as_text(shown, opened(tasks).tools)
    return "\n---\n".join(f"{m.role}:\n{m.content}" for m in view)


TEXTS: dict[str, Callable[[list[Task]], str]] = {
    "system": lambda tasks: tasks[0].system,
    "documents": documents,
    "correction": lambda tasks: change_text(tasks, lambda c: c.notice and not c.relative),
    "correction_relative": lambda tasks: change_text(tasks, lambda c: c.relative),
    "contradiction": lambda tasks: change_text(tasks, lambda c: not c.notice),
    "memo": lambda tasks: first(tasks[0], "noise").text,
    "question_event": lambda tasks: first(tasks[0], "question").text,
    "sessions": sessions,
    "questions": questions,
    "templates": templates,
    "status": lambda tasks: opened(tasks).view()[1].content,
    "tools": lambda tasks: json.dumps([t.to_openai() for t in opened(tasks).tools], indent=1),
    "text_protocol": text_protocol,
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_reads_as_agreed(
    name: str, snapshot: Callable[[str, str], None], tasks: list[Task]
) -> None:
    snapshot(name, TEXTS[name](tasks))


@pytest.mark.parametrize("template", registry.names("templates"))
def test_percentages_change_in_percentage_points(template: str) -> None:
    for task in [generated(template, seed, "standard") for seed in range(6)]:
        guide = strong_reader(task.system).guide
        for change in gold(task).changes:
            text = task.events[change.event].text
            in_points = change.relative and guide.attribute(change.new.key).suffix == "%"
            assert ("percentage points" in text) is in_points
            assert ("% higher" in text, "% lower" in text) == (False, False)


def test_distances_between_percentages_are_asked_for_in_percentage_points() -> None:
    asked = [
        (q.text, "%" in q.truth)
        for template, seed in (("company", 1), ("city", 4), ("hospital", 0))
        for q in gold(generated(template, seed, "hard")).questions
        if q.question_type in ("comparison", "outlier", "delta")
    ]
    assert {is_percent for _, is_percent in asked} == {True, False}
    for text, is_percent in asked:
        assert ("percentage points" in text.lower()) is is_percent


@pytest.mark.parametrize("template", registry.names("templates"))
def test_sentences_read_as_english(template: str) -> None:
    wording = load_template(template).wording
    for text in (*wording.notices, *wording.noise, *chain(*prose.CORES), *prose.HELD_OUT):
        assert not re.search(r"[^,] which ", text), text
        assert " count " not in text and " posted by" not in text.lower(), text
    for notice in wording.notices:
        opening = re.match(r"(Owing|After|On|Since|Following)\b[^:]*?(,)? the entry", notice)
        assert opening is None or opening[2], notice
