"""Sessions are fair: what is needed was told, and no strategy without memory gets far."""

import pytest

from memorygym.core.errors import BadSettings
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks.repair.adversaries import GUESSES
from memorygym.tracks.repair.generator import ISSUES, RepairRecipe, SessionDealer
from memorygym.tracks.repair.services import PackageService
from memorygym.tracks.repair.verifier import verification
from tests.slow import mostly_slow
from tests.tracks.plays import ended, played
from tests.tracks.repair.sessions import TRACK, session


@mostly_slow("seed", range(6), quick=1)
def test_a_session_is_sound(seed: int) -> None:
    checks = verification(session(seed))
    assert not failed(checks), checks


@mostly_slow("guess", GUESSES, quick=2)
def test_a_strategy_without_memory_does_few_issues(guess: str) -> None:
    scores = [o.score for n in range(3) for o in ended(session(n), "none", GUESSES[guess]())]
    assert sum(scores) <= 2


@pytest.mark.parametrize("tokens", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_session_has_its_length(tokens: int) -> None:
    length = verification(session(2, tokens))["length"]["tokens"]
    assert length == pytest.approx(tokens, rel=0.01)


def test_a_session_has_its_issues_and_most_need_three_facts_or_more() -> None:
    needs = [len(goal.needs) for goal in session().gold.goals]
    assert len(needs) == ISSUES and min(needs) >= 2 and sum(n >= 3 for n in needs) >= ISSUES // 2


def test_too_short_a_length_is_refused() -> None:
    with pytest.raises(BadSettings, match="tokens"):
        RepairRecipe("generated", 0, tokens=5_000)


def test_constraints_that_change_decide_later() -> None:
    changed = {fact for goal in session().gold.goals for fact in goal.needs if fact.rank}
    assert any(fact.key == "state" for fact in changed)


def test_the_weak_reasoner_is_right_less_often() -> None:
    weak = TRACK.reasoners["weak"](session())
    strong, less = (sum(o.score for o in ended(session(), "full", p)) for p in (None, weak))
    assert less <= strong - 0.15 * ISSUES


def test_a_memory_with_everything_misses_nothing_by_any_cause() -> None:
    trace = played(session(), "full")
    attribution = Attribution(trace)
    assert all(outcome.correct for outcome in rewarded(trace))
    assert attribution.store_precision["wrong"] == 0


def test_services_differ_in_name_place_profile_and_job() -> None:
    services: list[PackageService] = SessionDealer(RepairRecipe("generated", 3)).services
    for field in ("name", "place", "profile", "job"):
        assert len({getattr(service, field) for service in services}) == len(services)


@mostly_slow("seed", range(100, 130), quick=1)
def test_every_seed_can_be_dealt(seed: int) -> None:
    assert len(RepairRecipe("generated", seed).generate().gold.goals) == ISSUES
