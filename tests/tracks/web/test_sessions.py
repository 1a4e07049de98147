"""Sessions are fair: what is needed was told, and no strategy without memory gets far."""

import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks._qa.sessions import Session
from memorygym.tracks.web.adversaries import GUESSES
from memorygym.tracks.web.app import App, RecordAttribute, Form
from memorygym.tracks.web.fact_reader import reader_of
from memorygym.tracks.web.generator import ERRANDS, WebRecipe
from memorygym.tracks.web.reasoners import StrongVisitor
from memorygym.tracks.web.verifier import verification
from tests.slow import mostly_slow
from tests.tracks.plays import ended, played
from tests.tracks.web.sessions import APPS, TRACK, session


@pytest.mark.parametrize("app", APPS)
@mostly_slow("seed", range(6), quick=1)
def test_a_session_is_sound(app: str, seed: int) -> None:
    checks = verification(session(app, seed))
    assert not failed(checks), checks


@mostly_slow("app", APPS, quick=1)
@pytest.mark.parametrize("guess", GUESSES)
def test_a_strategy_without_facts_does_no_errand(app: str, guess: str) -> None:
    memory, make = GUESSES[guess]
    assert sum(outcome.score for outcome in ended(session(app), memory, make())) == 0


@pytest.mark.parametrize("guess", ["form defaults and first options", "most recent"])
def test_a_guess_is_really_saved(guess: str) -> None:
    memory, make = GUESSES[guess]
    answers = [str(outcome.answer) for outcome in ended(session(), memory, make())]
    assert len(answers) == ERRANDS and all("saved nothing" not in answer for answer in answers)


@pytest.mark.parametrize(
    "tokens", [10_000, 20_000, pytest.param(1_000_000, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("app", APPS)
def test_a_session_has_its_length(app: str, tokens: int) -> None:
    task = session(app, 2, tokens)
    length = Session(task, reader_of(task.system), StrongVisitor(), lambda *_: None).length
    assert length == pytest.approx(tokens, rel=0.01)


@pytest.mark.parametrize("app", APPS)
@mostly_slow("seed", range(100, 130), quick=2)
def test_every_seed_can_be_dealt(app: str, seed: int) -> None:
    assert len(WebRecipe(app, seed).generate().gold.goals) == ERRANDS


def test_too_short_a_length_is_refused() -> None:
    with pytest.raises(BadSettings, match="tokens"):
        WebRecipe("shop", 0, tokens=5_000)


def test_an_unknown_application_is_named() -> None:
    with pytest.raises(UnknownPart, match="'shp'"):
        TRACK.tasks(TaskOptions(range(1), parameters={"template": "shp"}))


def test_a_form_that_nothing_can_fill_is_refused() -> None:
    key = RecordAttribute("person", "desk code", "code")
    form = Form("Visit", "person", "visit {person}", (("person", "door code"),))
    with pytest.raises(BadSettings, match="a person has no 'door code'; give one of: desk code"):
        App(
            name="bank",
            title="Bank",
            types={"person": (("Ann",), ("Bell",))},
            described={},
            attributes=(key,),
            forms=(form,),
            layout="list",
        )


@pytest.mark.parametrize("app", APPS)
def test_values_that_change_decide_later(app: str) -> None:
    changed = {fact for goal in session(app).gold.goals for fact in goal.needs if fact.rank}
    assert len(changed) >= 3


@pytest.mark.parametrize("app", APPS)
def test_the_weak_reasoner_is_right_less_often(app: str) -> None:
    weak = TRACK.reasoners["weak"](session(app))
    strong, less = (sum(o.score for o in ended(session(app), "full", p)) for p in (None, weak))
    assert strong == ERRANDS and less <= 0.85 * ERRANDS


def test_recency_is_far_below_full() -> None:
    outcomes = rewarded(played(session(), "recency", view=1_000))
    assert sum(outcome.score for outcome in outcomes) <= 0.85 * ERRANDS


@pytest.mark.parametrize("app", APPS)
def test_a_memory_with_everything_misses_nothing_by_any_cause(app: str) -> None:
    trace = played(session(app), "full")
    assert all(outcome.correct for outcome in rewarded(trace))
    assert Attribution(trace).store_precision["wrong"] == 0
