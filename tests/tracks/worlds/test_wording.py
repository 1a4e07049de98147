"""All texts that an agent reads equal their snapshots; `--snapshot-update` renews these."""

import json
import re
from collections.abc import Callable
from itertools import chain

import pytest

from memorygym.agents.calls import END
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

Snapshot = Callable[[str, str], None]
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


def test_the_system_message_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    snapshot("system", tasks[0].system)


def test_documents_read_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    head, second, *_, last = first(tasks[0], "documents").text.split("\n\n")
    snapshot("documents", "\n\n".join([head, second, "[...]", last]))


@pytest.mark.parametrize(
    ("name", "accepts"),
    [
        ("correction", lambda change: change.notice and not change.relative),
        ("correction_relative", lambda change: change.relative),
        ("contradiction", lambda change: not change.notice),
    ],
)
def test_a_change_reads_as_agreed(
    snapshot: Snapshot, tasks: list[Task], name: str, accepts: Callable[[Change], bool]
) -> None:
    snapshot(name, change_text(tasks, accepts))


def test_a_memo_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    snapshot("memo", first(tasks[0], "noise").text)


def test_a_question_event_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    snapshot("question_event", first(tasks[0], "question").text)


def test_a_session_is_numbered_as_agreed(snapshot: Snapshot) -> None:
    task = generated("company", 0, "multi")
    heads = [event.text.split("\n")[0] for event in task.events if event.session]
    snapshot("sessions", "\n".join([task.events[0].text.split("\n")[0], *heads]))


def test_every_form_of_question_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    by_type = {q.question_type: q for task in reversed(tasks) for q in gold(task).questions}
    questions = [by_type[question_type] for question_type in QUESTION_TYPES]
    snapshot(
        "questions", "\n\n".join(f"{q.question_type}: {q.text}\n-> {q.truth}" for q in questions)
    )


def test_the_first_document_of_every_domain_reads_as_agreed(snapshot: Snapshot) -> None:
    texts = [
        first(generated(name, 0, "lite"), "documents").text for name in registry.names("templates")
    ]
    snapshot("templates", "\n\n".join(t.split("\n", 1)[1].split("\n\n")[0] for t in texts))


def test_the_status_line_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    snapshot("status", Episode(WorldsEnv(tasks[0]), Markdown).view()[1].content)


def test_the_tools_read_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    tools = [tool.to_openai() for tool in Episode(WorldsEnv(tasks[0]), Markdown).tools]
    snapshot("tools", json.dumps(tools, indent=1))


def test_the_text_protocol_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    tools = Episode(WorldsEnv(tasks[0]), Markdown).tools
    view = as_text([Message("system", "[the system message]"), Message("user", "[event]")], tools)
    snapshot("text_protocol", "\n---\n".join(f"{m.role}:\n{m.content}" for m in view))


def test_a_view_is_the_system_message_the_status_line_and_the_event(tasks: list[Task]) -> None:
    episode = Episode(WorldsEnv(tasks[0]), Markdown)
    for event in tasks[0].events:
        system, status, shown = episode.view()
        assert (system.content, shown.content) == (tasks[0].system, event.text)
        assert status.content.startswith("[memory: 30 of 30 writes left; 0 of ")
        episode.step(END)


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


def test_a_distractor_follows_the_entry_that_it_distracts_from() -> None:
    for pattern in chain(prose.DATED, prose.EARLY, prose.HOPED, prose.PEERS, prose.OTHER):
        assert pattern.startswith("{c}, ") or pattern.startswith("{c}; ")
    assert all(pattern.startswith("{c}") for pattern in prose.HELD_OUT)


@pytest.mark.parametrize("template", registry.names("templates"))
def test_sentences_read_as_english(template: str) -> None:
    wording = load_template(template).wording
    for text in (*wording.notices, *wording.noise, *chain(*prose.CORES), *prose.HELD_OUT):
        assert not re.search(r"[^,] which ", text), text
        assert " count " not in text and " posted by" not in text.lower(), text
    for notice in wording.notices:
        opening = re.match(r"(Owing|After|On|Since|Following)\b[^:]*?(,)? the entry", notice)
        assert opening is None or opening[2], notice
