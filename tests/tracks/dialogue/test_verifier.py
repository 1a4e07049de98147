"""`verify` of dialogue: the shipped desks are fair, and wrong ones are refused."""

from dataclasses import replace
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.core.errors import BadSettings
from memorygym.core.track import Verification
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks._qa.verification import verified
from memorygym.tracks.dialogue.adversaries import GUESSES
from memorygym.tracks.dialogue.desk import Limit
from memorygym.tracks.dialogue.desks.retail import DESK
from memorygym.tracks.dialogue.verifier import together, verification
from tests.slow import mostly_slow
from tests.tracks.dialogue.sessions import DESKS, TRACK, session

PLACE = "tests.tracks.dialogue.strange_desks"


@mostly_slow("seed", [10, 11, 12, 13], quick=1)
@pytest.mark.parametrize("template", DESKS)
def test_sessions_are_fair(template: str, seed: int) -> None:
    results: Any = verification(session(template, seed))
    assert failed(results) == []
    guesses, needs = results["guesses"], results["leave_one_out"]
    assert guesses["applies"].keys() == guesses["right"].keys() == GUESSES.keys()
    assert needs["needed"] > 30 and needs["spare"] > 10 * needs["needed"]


def test_facts_that_the_gold_table_withholds_or_adds_are_found() -> None:
    task = session("retail", 3)
    first, second, *others = task.gold.goals
    goals = (replace(first, needs=first.needs[1:]), replace(second, needs=first.needs), *others)
    broken = replace(task, gold=replace(task.gold, goals=goals))
    wrong: Any = verification(broken)["leave_one_out"]["wrong"]
    assert any(f"event {first.event}: needed: " in line for line in wrong)
    assert any(f"event {second.event}: not needed: " in line for line in wrong)
    assert f"event {first.event}: what it needs is not enough" in wrong


def test_a_fact_that_a_request_repeats_is_found() -> None:
    task = session("retail", 3)
    first = task.gold.goals[0]
    script = list(task.state["script"])
    script[first.event - 1] = "Customer: " + TRACK.facts(task.system).render(first.needs[0])
    leaky = replace(task, state={**task.state, "script": script})
    assert "told" in failed(verification(leaky))


def test_a_desk_of_another_package_is_played_and_verified() -> None:
    assert main(["verify", "--track", f"dialogue:template={PLACE}:SHOP", "--seeds", "1", "-q"]) == 0


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("TORN", "no offer can grant"),
        ("VAGUE", "is not told from others"),
        ("PLACE", "no attribute"),
    ],
)
def test_a_domain_that_no_state_can_satisfy_is_refused(
    name: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--track", f"dialogue:template={PLACE}:{name}", "-q"]) == 2
    error = capsys.readouterr().err
    assert problem in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"rules": tuple(r for r in DESK.rules if r.label != "approval code")},
            "needs the rule 'approval code'",
        ),
        (
            {"limits": (Limit("price limit", "price", "at most", ("1", "2")),)},
            "price limit has 2 values",
        ),
        ({"rules": DESK.rules[:4]}, "it has 2 rules beside those on approval"),
        ({"words": {}}, "words for no action; give 3 or more, and words for pay, send"),
    ],
)
def test_a_domain_without_what_a_session_needs_is_refused(
    change: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadSettings, match=problem):
        replace(DESK, **change)


@pytest.mark.parametrize(
    ("requests", "right", "share", "fails"),
    [
        (90, 12, "(13.3%, 95% interval 7.8% to 21.9%)", False),  # Too few to say.
        (300, 23, "(7.7%, 95% interval 5.2% to 11.2%)", True),
        (300, 22, "(7.3%, 95% interval 4.9% to 10.9%)", False),
    ],
)
def test_a_guess_is_bounded_over_the_requests_to_which_it_applies(
    requests: int, right: int, share: str, fails: bool
) -> None:
    applies = {"fitted offer": requests, "likely offer": 300, "limits of the best rated": 0}
    totals = {"guesses": {"applies": applies, "right": {"fitted offer": right, "likely offer": 1}}}
    checked = verified(verification, [], map, lambda _: together(totals))
    text = f"'fitted offer' is right on {right} of {requests} requests to which it applies {share}"
    assert (f"best {text}" in checked.text) is (requests >= 150)
    assert bool(checked.failures) is fails
    assert ("all checks passed" in checked.text) is not fails
    assert (f"FAILS chance_level: guessable {text}" in checked.text) is fails


def test_fifty_failures_are_shown_and_all_are_in_the_json() -> None:
    checked = Verification([f"{n}: no" for n in range(52)], ["52 tasks"], {"tasks": 52})
    lines = checked.text.split("\n")
    assert lines[0] == "52 tasks" and lines[50:] == ["FAILS 49: no", "… and 2 more", "52 failures"]
    failures = checked.json["failures"]
    assert isinstance(failures, list) and len(failures) == checked.json["tasks"] == 52
