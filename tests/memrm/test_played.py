"""Labels by replay: what the strongest reasoner still reaches from a compacted context."""

from dataclasses import replace

import pytest

from memorygym.core.types import Message
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.memrm.played import PlayedTask, TaskSource

SOURCES = {
    "worlds": TaskSource("worlds", (("template", "city"), ("entities", "4"), ("questions", "3"),
                                ("corrections", "1"), ("tier", "lite")), 1),
    "research": TaskSource("research", (("tokens", "2800"), ("hops", "2"), ("reveal", "immediate"),
                                    ("near_miss", "1"), ("conflict", "1"), ("other_time", "1"),
                                    ("paraphrase", "1")), 1),
}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(SOURCES))
def played(request: pytest.FixtureRequest) -> PlayedTask:
    return PlayedTask(SOURCES[request.param])


def test_the_full_context_is_safe_at_every_step_and_nothing_is_harmful_at_the_last(
    played: PlayedTask,
) -> None:
    assert played.reached
    steps = [step for step in played.full if step <= played.last]
    assert all(not played.resumed(step, played.full[step]).lost for step in steps)
    assert played.resumed(played.last, ()).lost


def test_a_memory_of_everything_composes_the_full_context(played: PlayedTask) -> None:
    composed = played.composed(memory_factory("full"), 1_000_000, [2, played.last])
    assert composed == {step: played.full[step] for step in (2, played.last)}


def test_the_needed_messages_are_what_the_goals_need(played: PlayedTask) -> None:
    full = played.full[played.last]
    sentences = [*played.needed(played.last)]
    assert all("\n" not in sentence for _, sentence in sentences)
    needed = {index for index, _ in sentences}
    alone = tuple(full[index] for index in sorted(needed))
    without = tuple(m for index, m in enumerate(full) if index not in needed)
    assert needed
    assert not played.resumed(played.last, alone).lost
    assert played.resumed(played.last, without).lost


def test_the_reason_of_a_loss_is_named(played: PlayedTask) -> None:
    step = played.last
    replay = played.resumed(step, ())
    assert played.reason(step, (), replay) == "missing"


def test_the_decision_is_the_answer_not_the_look_ups(played: PlayedTask) -> None:
    step = played.last
    right, wiped = played.trace, played.resumed(step, ()).trace
    assert played.decision(step, right).startswith("submit_answer(")
    assert played.decision(step, right) != played.decision(step, wiped)


def test_a_goal_that_is_stated_again_is_not_lost() -> None:
    played = PlayedTask(SOURCES["research"])
    replay = played.resumed(played.last, ())
    first = played.full[played.last][0].content
    assert played.goals[0].text in first
    assert played.reason(played.last, (), replay) != "goal lost"


def test_another_value_is_stale() -> None:
    played = PlayedTask(SOURCES["worlds"])
    step = played.last
    goal = played.goals[-1]
    changed = tuple(replace(m, content=_with_other_digits(m.content)) for m in played.full[step])
    replay = played.resumed(step, changed)
    assert replay.lost, goal.text
    assert played.reason(step, changed, replay) == "stale"


def _with_other_digits(text: str) -> str:
    head, _, rest = text.partition("\n")
    other = str.maketrans("123456789", "234567891")
    lines = [line if line.startswith("[") else line.translate(other) for line in rest.split("\n")]
    return "\n".join([head, *lines])


def test_messages_without_content_are_not_restored() -> None:
    played = PlayedTask(SOURCES["worlds"])
    blank = (*played.full[played.last], Message("user", " "))
    assert not played.resumed(played.last, blank).lost
