"""The browser in process: which errands are done well, and what is a mistake."""

import pytest

from memorygym.agents.calls import END, ToolCall, calls
from memorygym.core.episode import Episode
from memorygym.core.registry import make
from memorygym.tracks.web.env import STEPS, WebEnv
from memorygym.tracks.web.reasoners import ELEMENT
from tests.tracks.plays import ended, played
from tests.tracks.web.sessions import APPS, TRACK, session


def at_errand(app: str = "shop") -> Episode:
    """An episode at the first errand."""
    task = session(app)
    episode = Episode(WebEnv(task), lambda: make("memory", "none"))
    while episode.event < task.gold.goals[0].event:
        episode.step(END)
    return episode


def result(episode: Episode, name: str, **arguments: str | int) -> str:
    episode.step(calls((name, arguments)))
    return episode.view()[-1].content


def click(episode: Episode, name: str) -> str:
    """Clicks the last element of a name on the page."""
    page = episode.view()[-1].content
    number = [int(n) for n, _, shown, _ in ELEMENT.findall(page) if shown == name][-1]
    return result(episode, "click", element=number)


def in_form(episode: Episode) -> str:
    """Opens a form of the shop."""
    result(episode, "goto", address="/shop/customer")
    record = session().state["content"]["apps"]["shop"]["customer"][0]  # type: ignore[index, call-overload]
    click(episode, str(record))
    return click(episode, "Refund")


@pytest.mark.parametrize("app", APPS)
def test_every_errand_is_done_with_all_in_view_and_none_without(app: str) -> None:
    assert {outcome.score for outcome in ended(session(app))} == {1.0}
    assert {outcome.score for outcome in ended(session(app), "none")} == {0.0}


def test_memories_meet_the_same_notes_and_errands() -> None:
    def told(memory: str) -> list[str]:
        trace = played(session(), memory)
        errands = {goal.event for goal in session().gold.goals}
        texts = trace.environment_texts(TRACK.tool_names)
        return [text for event, text in texts if event not in errands]

    assert told("full") == told("none")


MISTAKES: dict[str, tuple[ToolCall, str]] = {
    "element": (("click", {"element": 99}), "element 99: the page has elements 1 to"),
    "heading": (("type", {"element": 1, "text": "x"}), "is no textbox"),
    "option": (("select", {"element": 1, "option": "x"}), "is no combobox"),
    "address": (("goto", {"address": "http://example.com"}), "give one of this site"),
    "scroll": (("scroll", {"direction": "up"}), "no lines above"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_an_observation(name: str) -> None:
    episode = at_errand()
    result(episode, "goto", address="/shop")
    call, reason = MISTAKES[name]
    episode.step(calls(call))
    assert reason in episode.view()[-1].content and not episode.done


def test_an_unknown_option_names_the_choices() -> None:
    episode = at_errand()
    in_form(episode)
    click(episode, "Next")
    boxes = [
        int(n)
        for n, role, _, _ in ELEMENT.findall(episode.view()[-1].content)
        if role == "combobox"
    ]
    assert "has phone, letter, courier" in result(episode, "select", element=boxes[0], option="owl")


def test_what_was_typed_stands_on_the_page_and_is_gone_when_it_is_left() -> None:
    episode = at_errand()
    in_form(episode)
    number = next(
        int(n) for n, role, *_ in ELEMENT.findall(episode.view()[-1].content) if role == "textbox"
    )
    assert 'textbox "Account code": Q-1' in result(episode, "type", element=number, text="Q-1")
    result(episode, "back")
    assert "Q-1" not in click(episode, "Refund")


def test_a_note_opens_in_its_event_alone() -> None:
    task = session()
    episode = Episode(WebEnv(task), lambda: make("memory", "none"))
    episode.step(END)
    assert "has expired" not in result(episode, "goto", address="/notes/1")
    assert "has expired" in result(episode, "goto", address="/notes/2")
    episode.step(END)
    assert "has expired" in result(episode, "goto", address="/notes/1")


def test_an_errand_allows_so_many_calls() -> None:
    episode = at_errand()
    event = episode.event
    for _ in range(STEPS):
        assert episode.event == event
        result(episode, "goto", address="/")
    assert episode.event == event + 1


def test_restoring_a_note_costs_all_calls() -> None:
    episode = at_errand()
    event = episode.event
    result(episode, "goto", address="/archive")
    result(episode, "type", element=5, text="2")
    result(episode, "click", element=6)
    assert episode.event == event + 1


def test_two_forms_saved_are_no_errand_done() -> None:
    episode = at_errand()
    for _ in "12":
        in_form(episode)
        click(episode, "Next")
        click(episode, "Save")
    episode.step(END)
    answers = [r.answer for r in episode.trace.records if getattr(r, "answer", None)]
    assert answers[0].count("Refund of") == 2


def test_nothing_of_an_event_is_reached_in_the_next() -> None:
    """A browser's history would be a memory outside the budget."""
    episode = Episode(WebEnv(session()), lambda: make("memory", "none"))
    episode.step(END)
    result(episode, "goto", address="/notes/1")
    result(episode, "goto", address="/archive")
    result(episode, "type", element=5, text="price of Amber Lamp = 402")
    assert "402" not in result(episode, "click", element=6)
    episode.step(END)
    assert "no page before" in result(episode, "back")
    assert "402" not in result(episode, "goto", address="/archive")


def test_a_form_that_was_begun_leaves_another_as_it_is() -> None:
    episode = at_errand()
    in_form(episode)
    click(episode, "Next")
    record = session().state["content"]["apps"]["shop"]["customer"][1]  # type: ignore[index, call-overload]
    address = f"/shop/customer/{record.lower().replace(' ', '-')}"
    result(episode, "goto", address=f"{address}/refund/2")
    click(episode, "Save")
    episode.step(END)
    answer = next(r.answer for r in episode.trace.records if getattr(r, "answer", None))
    assert str(answer).startswith(f"stopped; saved Refund of {record} (Price")


def test_nothing_done_in_a_fork_shows_in_the_original() -> None:
    episode = at_errand()
    in_form(episode)
    env = episode.env
    other = env.fork()
    before = env._tab.text()  # type: ignore[attr-defined]
    other.step(calls(("type", {"element": 5, "text": "zzz"})))
    other.step(calls(("click", {"element": 6})))
    assert env._tab.text() == before != other._tab.text()  # type: ignore[attr-defined]
