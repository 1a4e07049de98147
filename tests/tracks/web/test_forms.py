"""Errands that ask for several forms: all must be saved, in any order, and nothing else."""

from collections.abc import Callable, Sequence

import pytest

from memorygym.agents.calls import END, calls
from memorygym.core.episode import Episode
from memorygym.core.errors import BadSettings
from memorygym.core.registry import make
from memorygym.core.track import TaskOptions
from memorygym.core.types import Message, Task, Tool
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.env import STEPS, WebEnv
from memorygym.tracks.web.errands import AskedForm, asked_in
from memorygym.tracks.web.fact_reader import reader_for
from memorygym.tracks.web.generator import ERRANDS, MOST_FORMS, WebRecipe
from memorygym.tracks.web.reasoners import ErrandTurn, StrongVisitor
from memorygym.tracks.web.verifier import verification
from memorygym.training.tasks import SPLITS, recipes
from tests.slow import mostly_slow
from tests.tracks.plays import ended
from tests.tracks.web.sessions import APPS, TRACK, session

FORMS = 4


def at_errand(task: Task) -> Episode:
    """An episode at the first errand, with all notes in view."""
    episode = Episode(WebEnv(task), lambda: make("memory", "full"))
    while episode.event < task.gold.goals[0].event:
        episode.step(StrongVisitor().act(episode.view(), episode.tools))
    return episode


def calls_of_first_errand(task: Task) -> int:
    episode = at_errand(task)
    event, made = episode.event, 0
    while episode.event == event:
        episode.step(StrongVisitor().act(episode.view(), episode.tools))
        made += 1
    return made


class Choosing(StrongVisitor):
    """Saves the forms that it chooses among those that an errand asks for."""

    def __init__(self, choose: Callable[[Sequence[AskedForm]], list[AskedForm]]) -> None:
        self._choose = choose

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = ErrandTurn(view)
        if not turn.asked:
            return super().act(view, tools)
        turn.asked = self._choose(turn.asked)
        return self._run(turn, turn.asked[min(turn.saved, len(turn.asked) - 1)])


@mostly_slow(("app", "forms"), [(app, forms) for forms in (2, FORMS) for app in APPS])
def test_a_session_is_sound(app: str, forms: int) -> None:
    checks = verification(session(app, forms=forms))
    assert not failed(checks), checks


@pytest.mark.parametrize("app", APPS)
def test_an_errand_is_done_with_all_in_view_and_not_without(app: str) -> None:
    task = session(app, forms=FORMS)
    assert [outcome.score for outcome in ended(task)] == [1.0] * ERRANDS
    assert [outcome.score for outcome in ended(task, "none")] == [0.0] * ERRANDS


@pytest.mark.parametrize("app", APPS)
def test_an_errand_takes_seven_calls_a_form_or_more(app: str) -> None:
    assert calls_of_first_errand(session(app, forms=FORMS)) >= 30
    longest = session(app, forms=MOST_FORMS, tokens=100_000)
    assert 210 <= calls_of_first_errand(longest) <= STEPS * MOST_FORMS
    assert longest.budget.turns > STEPS * MOST_FORMS


@pytest.mark.slow
@pytest.mark.parametrize("app", APPS)
def test_the_longest_errands_are_done(app: str) -> None:
    task = session(app, forms=MOST_FORMS, tokens=100_000)
    assert [outcome.score for outcome in ended(task)] == [1.0] * ERRANDS


CHOICES: dict[str, tuple[Callable[[Sequence[AskedForm]], list[AskedForm]], float]] = {
    "in another order": (lambda asked: [*asked[::-1]], 1.0),
    "one missing": (lambda asked: [*asked[1:]], 0.0),
    "one twice": (lambda asked: [*asked, asked[0]], 0.0),
    "one twice, one missing": (lambda asked: [*asked[:-1], asked[0]], 0.0),
}


@pytest.mark.parametrize("name", CHOICES)
def test_each_form_must_be_saved_once_in_any_order(name: str) -> None:
    choose, score = CHOICES[name]
    outcomes = ended(session(forms=FORMS), policy=Choosing(choose))
    assert {outcome.score for outcome in outcomes} == {score}
    assert "stopped; saved " in str(outcomes[0].answer)


@pytest.mark.parametrize("app", APPS)
def test_a_form_comes_once_in_an_errand_and_all_its_facts_are_needed(app: str) -> None:
    for goal in session(app, forms=MOST_FORMS, tokens=100_000).gold.goals:
        asked = asked_in(app_named(app), goal.text)
        assert len({(a.form.name, *a.words.items()) for a in asked}) == len(asked) == MOST_FORMS
        assert len(goal.needs) > MOST_FORMS


def test_an_errand_allows_calls_for_each_form_and_a_note_those_for_one() -> None:
    task = session(forms=FORMS)
    assert f"An errand allows {STEPS * FORMS} calls" in task.system
    episode = Episode(WebEnv(task), lambda: make("memory", "none"))
    for allowed in (STEPS, STEPS * FORMS):
        event = episode.event
        for _ in range(allowed):
            assert episode.event == event
            episode.step(calls(("goto", {"address": "/"})))
        assert episode.event == event + 1
        while not episode.done and episode.event < task.gold.goals[0].event:
            episode.step(END)


def test_restoring_a_note_takes_all_calls() -> None:
    episode = at_errand(session(forms=FORMS))
    event = episode.event
    for call in (
        ("goto", {"address": "/archive"}),
        ("type", {"element": 5, "text": "2"}),
        ("click", {"element": 6}),
    ):
        assert episode.event == event
        episode.step(calls(call))
    assert episode.event == event + 1


def test_a_fork_in_the_midst_of_an_errand_ends_as_the_original() -> None:
    episode = at_errand(session(forms=FORMS))
    for _ in range(15):
        episode.step(StrongVisitor().act(episode.view(), episode.tools))
    other, event = episode.fork(), episode.event
    for own in (episode, other):
        while own.event == event:
            own.step(StrongVisitor().act(own.view(), own.tools))
        assert own.trace.records[-2:] == episode.trace.records[-2:]
        assert any(getattr(record, "reward", 0) == 1 for record in own.trace.records)


@pytest.mark.parametrize("app", APPS)
def test_an_errand_that_was_cut_states_nothing(app: str) -> None:
    words = session(app, forms=FORMS).gold.goals[0].text.split(" ")
    parts = [part for end in range(len(words)) for part in (words[:end], words[end:])]
    assert {reader_for(app).read(" ".join(part)) for part in parts} == {()}


def test_a_text_with_a_line_that_asks_for_nothing_is_no_errand() -> None:
    shop, text = app_named("shop"), session(forms=FORMS).gold.goals[0].text
    assert len(asked_in(shop, text)) == FORMS
    for wrong in (f"Please.\n{text}", f"{text}\nThanks.", f"{text}\n{text[:40]}", "", "\n"):
        assert asked_in(shop, wrong) == []


def test_splits_share_no_errands() -> None:
    tasks = [recipes("web", s, range(1), template="shop", forms=FORMS)[0] for s in SPLITS]
    ids = {recipe.generate().id for recipe in tasks} | {session(forms=FORMS).id, session().id}
    assert len(ids) == len(SPLITS) + 2


@pytest.mark.parametrize("forms", ["0", "31", "-1", "2.5", "many", ""])
def test_a_wrong_number_of_forms_is_refused(forms: str) -> None:
    with pytest.raises(BadSettings, match=r"web:.*forms=.*give (1 to 30|a whole number)"):
        TRACK.tasks(TaskOptions(range(1), parameters={"forms": forms}))


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        (WebRecipe("tests.tracks.web.bank:BANK", 0, forms=30), "too few records; give fewer forms"),
        (WebRecipe("shop", 0, tokens=10_000, forms=12), "too short.*give more tokens"),
    ],
)
def test_a_session_that_has_no_room_for_the_forms_is_refused(
    recipe: WebRecipe, reason: str
) -> None:
    with pytest.raises(BadSettings, match=reason):
        recipe.generate()
