"""The locked reasoners and the oracle: what they can, and what they must not be able to."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.errors import UnknownPart
from memorygym.core.outcome import Outcome
from memorygym.core.types import Budget, Memory, Task
from memorygym.runs.comparison.memory_specs import Oracle, least_view
from memorygym.runs.systems import scripted
from memorygym.scoring.episode_scores import outcomes
from memorygym.tracks.worlds import TRACK, note_taker
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.settings import WorldsSettings
from tests.episodes import generated

TEMPLATES = registry.names("worlds")


def answered(
    task: Task, make: Callable[[], Memory], view: int | None = None, who: str = "strong"
) -> list[Outcome]:
    """The answerable questions of a task, played with that memory."""
    episode = Episode(WorldsEnv(replace(task, gold=None)), make, Budget(view=view))
    trace = play(episode, scripted(who, task))
    trace.gold = task.gold
    return [outcome for outcome in outcomes(trace) if outcome.goal.kind != "abstention"]


def share(found: list[Outcome]) -> float:
    return sum(outcome.correct for outcome in found) / len(found)


def memory(name: str) -> Callable[[], Memory]:
    return partial(registry.make, "memory", name)


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_strong_reasoner_answers_all_from_the_whole_stream_and_nothing_without_it(
    template: str,
) -> None:
    task = generated(template, 1, "standard")
    assert share(answered(task, memory("full"))) == 1
    assert share(answered(task, memory("none"))) == 0


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_facts_of_the_oracle_answer_every_question(template: str) -> None:
    task = generated(template, 1, "standard")
    assert share(answered(task, partial(Oracle, TRACK.oracle(task)), 1000)) == 1


def test_the_oracle_shows_all_that_a_question_needs_or_nothing() -> None:
    task = generated("company", 1, "standard")
    least = least_view(TRACK, task)
    assert share(answered(task, partial(Oracle, TRACK.oracle(task)), least - 1)) == 0
    assert 0 < share(answered(task, partial(Oracle, TRACK.oracle(task)), least)) < 1


def test_the_weak_reasoner_loses_fifteen_points_on_the_whole_stream() -> None:
    found = [o for t in TEMPLATES for o in answered(generated(t, 1), memory("full"), who="weak")]
    assert 0.2 < share(found) < 0.85


def test_a_reasoner_that_is_none_is_named_with_the_choices() -> None:
    with pytest.raises(UnknownPart, match="no reasoner named 'stong'; did you mean strong"):
        scripted("stong", WorldsSettings("company", 0, "lite").generate())


def test_the_scribe_keeps_notes_and_answers_from_them() -> None:
    task = generated("company", 1, "standard")
    trace = play(
        Episode(WorldsEnv(replace(task, gold=None)), memory("markdown")),
        note_taker(scripted("strong", task), task),
    )
    trace.gold = task.gold
    assert 0.2 < share([o for o in outcomes(trace) if o.goal.kind != "abstention"]) < 1
