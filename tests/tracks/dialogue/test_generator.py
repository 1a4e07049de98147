"""Sessions of dialogue: what is dealt, and how dials change it."""

from collections import Counter

import pytest

from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.core.tokens import count
from memorygym.core.trace import Observation, ToolResult
from memorygym.core.track import TaskOptions
from memorygym.tracks.dialogue.generator import DialogueRecipe
from tests.tracks.dialogue.sessions import DESKS, TRACK, granted, session
from tests.tracks.plays import played


@pytest.mark.parametrize("template", DESKS)
def test_a_session_has_requests_of_every_kind_late(template: str) -> None:
    task = session(template)
    goals = task.gold.goals
    kinds = Counter(goal.kind for goal in goals)
    assert kinds.keys() == {"named", "never named", "both"}
    assert all(kinds[kind] >= 3 for kind in kinds)
    assert goals[0].event > 20


def test_distractors_leave_people_limits_and_requests_alone() -> None:
    few, many = session(distractors=1), session(distractors=4)
    assert [goal.text for goal in few.gold.goals] == [goal.text for goal in many.gold.goals]
    assert [goal.needs[0] for goal in few.gold.goals] == [goal.needs[0] for goal in many.gold.goals]


@pytest.mark.parametrize(("chains", "prefix"), [(1, "live"), (3, "fixed"), (4, "live")])
@pytest.mark.parametrize("template", DESKS)
def test_the_full_context_grants_every_request_of_any_number_of_chains_and_none_nothing(
    template: str, chains: int, prefix: str
) -> None:
    task = session(template, chains=chains, prefix=prefix)
    assert len(task.gold.goals) == 1 + 7 * chains
    assert (granted(task), granted(task, "none")) == (1, 0)


@pytest.mark.parametrize("tokens", [16_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_session_has_the_length_asked_for(tokens: int) -> None:
    shown = [
        message.content
        for record in played(session(seed=3, tokens=tokens)).records
        if isinstance(record, Observation | ToolResult)
        for message in record.messages
    ]
    assert sum(count(text) + 4 for text in shown) == pytest.approx(tokens, rel=0.03)


def test_a_length_that_is_too_short_is_refused() -> None:
    with pytest.raises(BadSettings, match="tokens=9000 is too short for chains=2, which take 1"):
        DialogueRecipe("retail", 0, tokens=9000).generate()


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"chains": "9"}, "chains=9; give 1 to 4"),
        ({"distractors": "-1"}, "distractors -1: give at least 0"),
        ({"template": "retial"}, "retail"),
        ({"prefix": "frozen"}, "no prefix of dialogue named 'frozen'; choose from fixed, live"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, str], error: str) -> None:
    with pytest.raises(MemoryGymError, match=error):
        TRACK.tasks(TaskOptions(range(1), "", parameters))
