"""Everything that an agent reads is stored as agreed; `--snapshot-update` agrees anew."""

import json
from collections.abc import Callable

import pytest

from memorygym.agents.calls import END
from memorygym.agents.text_protocol import as_text
from memorygym.core import registry
from memorygym.core.episode import Episode
from memorygym.core.types import Event, Message, Task
from memorygym.memories.markdown import Markdown
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.gold import Change
from memorygym.tracks.worlds.generator.questions import REASONING
from tests.episodes import generated, gold

Snapshot = Callable[[str, str], None]
COMPETENCIES = ("retrieval", "update", "abstention", *REASONING)


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    return [generated("company", seed, "standard") for seed in range(12)]


def change_text(tasks: list[Task], wanted: Callable[[Change], bool]) -> str:
    """The first event that tells such a change."""
    found = ((task, change) for task in tasks for change in gold(task).changes if wanted(change))
    task, change = next(found)
    return task.events[change.event].text


def first(task: Task, kind: str) -> Event:
    return next(event for event in task.events if event.kind == kind)


def test_the_system_message_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    snapshot("system", tasks[0].system)


def test_documents_read_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    head, second, *_, last = first(tasks[0], "documents").text.split("\n\n")
    snapshot("documents", "\n\n".join([head, second, "[...]", last]))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("correction", lambda change: change.notice and not change.relative),
        ("correction_relative", lambda change: change.relative),
        ("contradiction", lambda change: not change.notice),
    ],
)
def test_a_change_reads_as_agreed(
    snapshot: Snapshot, tasks: list[Task], name: str, wanted: Callable[[Change], bool]
) -> None:
    snapshot(name, change_text(tasks, wanted))


def test_a_memo_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    snapshot("memo", first(tasks[0], "noise").text)


def test_a_question_event_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    snapshot("question_event", first(tasks[0], "question").text)


def test_a_session_is_numbered_as_agreed(snapshot: Snapshot) -> None:
    task = generated("company", 0, "multi")
    heads = [event.text.split("\n")[0] for event in task.events if event.session]
    snapshot("sessions", "\n".join([task.events[0].text.split("\n")[0], *heads]))


def test_every_form_of_question_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    asked = {q.question_type: q for task in reversed(tasks) for q in gold(task).questions}
    questions = [asked[question_type] for question_type in COMPETENCIES]
    snapshot(
        "questions", "\n\n".join(f"{q.question_type}: {q.text}\n-> {q.truth}" for q in questions)
    )


def test_the_first_document_of_every_domain_reads_as_agreed(snapshot: Snapshot) -> None:
    texts = [
        first(generated(name, 0, "lite"), "documents").text for name in registry.names("worlds")
    ]
    snapshot("domains", "\n\n".join(t.split("\n", 1)[1].split("\n\n")[0] for t in texts))


def test_the_status_line_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    snapshot("status", Episode(WorldsEnv(tasks[0]), Markdown).view()[1].content)


def test_the_tools_read_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    tools = [tool.to_openai() for tool in Episode(WorldsEnv(tasks[0]), Markdown).tools]
    snapshot("tools", json.dumps(tools, indent=1))


def test_the_text_protocol_reads_as_agreed(snapshot: Snapshot, tasks: list[Task]) -> None:
    tools = Episode(WorldsEnv(tasks[0]), Markdown).tools
    view = as_text([Message("system", "[the system message]"), Message("user", "[event]")], tools)
    snapshot("text_protocol", "\n---\n".join(f"{m.role}:\n{m.content}" for m in view))


def test_an_agent_reads_nothing_else(tasks: list[Task]) -> None:
    """A view is the system message, the status line and the event, so the above is all."""
    episode = Episode(WorldsEnv(tasks[0]), Markdown)
    for event in tasks[0].events:
        system, status, told = episode.view()
        assert (system.content, told.content) == (tasks[0].system, event.text)
        assert status.content.startswith("[memory: 30 of 30 writes left; 0 of ")
        episode.step(END)
