"""Every miss is traced to the step at which what it needed was lost."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from memorygym.agents.calls import END, calls, edit, read, submit, write
from memorygym.core.episode import Episode, play
from memorygym.core.tokens import normalize
from memorygym.core.trace import Trace
from memorygym.core.types import Budget, Memory, Message, Task
from memorygym.memories.full import FullContext
from memorygym.memories.markdown import Markdown
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.provenance import Provenance
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator.gold import WeightedQuestion, WorldsGold
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import pack_value
from memorygym.tracks.worlds.reasoners import strong, weak
from tests.episodes import generated, gold

Replies = Sequence[Message]


def note(task: Task, table: WorldsGold, question: WeightedQuestion, *, event: int) -> str:
    """The fact that a question needs, as it was before an event."""
    (need,) = question.needs
    attribute = strong_reader(task.system).guide.attribute(need.key)
    stated = table.known.stated(need.subject, need.key)
    value = pack_value(attribute, need.value if event == question.event else stated[0].value)
    return f"{need.subject} {need.key} {value}"


def driven(task: Task, plan: Mapping[int, Replies], budget: Budget | None = None) -> Trace:
    """Plays these replies in those events, and ends all others."""
    episode = Episode(WorldsEnv(task), Markdown, budget)
    for event in range(len(task.events)):
        for reply in plan.get(event, ()):
            episode.step(reply)
        if not (event in plan and task.events[event].kind == "question" and plan[event]):
            episode.step(END)
    return episode.trace


def cause(trace: Trace, question: WeightedQuestion) -> str:
    return {o.goal: cause_of_goal for o, cause_of_goal in Attribution(trace).causes}[question]


WRITE, DROP, LOOK, FUMBLE = "write", "drop", "look", "fumble"
RENEW, REVERT = "renew", "revert"


@pytest.mark.parametrize(
    ("kind", "deeds", "answer", "expected"),
    [
        ("retrieval", (), "7", "never written"),
        ("retrieval", (WRITE, DROP), "7", "dropped"),
        ("retrieval", (WRITE, DROP, LOOK), REFUSAL, "dropped"),
        ("update", (WRITE, LOOK), "7", "never written"),
        ("update", (WRITE, RENEW, REVERT, LOOK), "7", "stale"),
        ("retrieval", (WRITE,), "7", "not retrieved"),
        ("retrieval", (WRITE,), REFUSAL, "not retrieved"),
        ("retrieval", (WRITE, LOOK), "7", "in context, not used"),
        ("retrieval", (WRITE, LOOK), REFUSAL, "wrong refusal"),
        ("abstention", (), "7", "should have refused"),
        ("retrieval", (WRITE, LOOK), None, "format"),
        ("abstention", (), None, "format"),
        ("retrieval", (WRITE, FUMBLE), None, "stuck"),
        ("abstention", (FUMBLE,), None, "stuck"),
    ],
)
def test_a_miss_has_the_cause_that_was_provoked(
    kind: str, deeds: Sequence[str], answer: str | None, expected: str
) -> None:
    task = generated(seed=1)
    table = gold(task)
    question = next(q for q in table.questions if q.kind == kind)
    plan: dict[int, Replies] = {}
    if question.needs:
        text, shown_at = (
            note(task, table, question, event=0),
            table.events[question.needs[0][:2]],
        )
        new = note(task, table, question, event=question.event)
        moves = {WRITE: calls(write(text)), DROP: calls(edit(text, ""))}
        moves |= {RENEW: calls(edit(text, new)), REVERT: calls(edit(new, text))}
        plan[shown_at] = [moves[deed] for deed in deeds if deed in moves]
    last = END if answer is None else calls(submit(answer))
    last = [calls(("memory_search", {}))] * task.budget.patience if FUMBLE in deeds else [last]
    plan[question.event] = [*[calls(read())] * (LOOK in deeds), *last]
    assert cause(driven(task, plan), question) == expected


@pytest.mark.parametrize(
    ("base", "correction", "expected"),
    [
        ((WRITE, DROP), (WRITE,), "dropped"),
        ((WRITE, DROP), (), "dropped"),
        ((WRITE,), (WRITE, DROP), "stale"),
        ((WRITE,), (), "never written"),
        ((), (WRITE,), "never written"),
        ((WRITE,), (WRITE,), "not retrieved"),
    ],
)
def test_a_value_that_had_gone_when_its_relative_correction_came_was_dropped(
    base: Sequence[str], correction: Sequence[str], expected: str
) -> None:
    task = generated(seed=1, tier="standard")
    table = gold(task)
    by_fact = {change.new[:2]: change for change in table.changes if change.relative}
    asked = (q for q in table.questions if q.kind == "update" and q.needs[0][:2] in by_fact)
    question = next(asked)
    change = by_fact[question.needs[0][:2]]
    stated = {
        table.events[change.new[:2]]: (note(task, table, question, event=0), base),
        change.event: (normalize(task.events[change.event].text.partition("\n")[2]), correction),
    }
    plan: dict[int, Replies] = {
        event: [calls(write(text) if deed == WRITE else edit(text, "")) for deed in deeds]
        for event, (text, deeds) in stated.items()
    }
    trace = driven(task, {**plan, question.event: [calls(submit("7"))]}, Budget())
    assert cause(trace, question) == expected
    (history,) = Provenance(trace).histories(question)
    had_gone = expected in ("dropped", "stale")
    assert (history.lost, history.dropped is not None) == (expected, had_gone)


@pytest.mark.parametrize("spell", [str.lower, str.upper, lambda name: name.replace(" ", "_")])
def test_a_name_in_another_spelling_is_held(spell: Callable[[str], str]) -> None:
    task = generated(seed=1)
    question = next(q for q in gold(task).questions if q.kind == "retrieval")
    (need,) = question.needs
    text = strong_reader(task.system).render(need).replace(need.subject, spell(need.subject))
    plan = {0: [calls(write(text))], question.event: [calls(submit("7"))]}
    assert cause(driven(task, plan), question) == "not retrieved"


class Fickle(Memory):
    """Shows one text in every event but those of questions."""

    def __init__(self, text: str) -> None:
        self.text = text

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return () if live[-1].content.startswith("=== QUESTION") else (Message("user", self.text),)


def test_what_stood_in_an_earlier_event_is_not_in_view() -> None:
    task = generated(seed=1)
    question = next(q for q in gold(task).questions if q.kind == "retrieval")
    text = note(task, gold(task), question, event=question.event)
    trace = play(Episode(WorldsEnv(task), lambda: Fickle(text)), strong(task))
    assert cause(trace, question) == "never written"


def test_a_fact_whose_correction_follows_it_in_view_is_in_view() -> None:
    task = generated(seed=1, tier="standard")
    trace = play(Episode(WorldsEnv(task), FullContext, Budget()), weak(task))
    attribution = Attribution(trace)
    for question in gold(task).questions:
        assert not any(attribution.lost(question, need) for need in question.needs)
