"""The workshop: which work closes an issue well, and what is a mistake."""

import pickle
import re
from collections.abc import Callable, Sequence

import pytest

from memorygym.agents.calls import END, ToolCall, calls
from memorygym.core.episode import Episode
from memorygym.core.registry import make
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks.repair.env import STEPS, RepairEnv, may_replace
from memorygym.tracks.repair.reasoners import IssueTurn, StrongDebugger
from tests.tracks.plays import ended, played
from tests.tracks.repair.sessions import TRACK, session

NAMED = re.compile(r"def (test_\w+)")


class Changed(Policy):
    """The strong reasoner, some of whose replies are changed."""

    def __init__(self, change: Callable[[IssueTurn, Message], Message]) -> None:
        self._change = change

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return self._change(IssueTurn(view), StrongDebugger().act(view, tools))


def at_issue(number: int = 0) -> Episode:
    """An episode at an issue that is to be mended."""
    task = session()
    event = [goal for goal in task.gold.goals if goal.kind != "frozen"][number].event
    episode = Episode(RepairEnv(task), lambda: make("memory", "none"))
    while episode.event < event:
        episode.step(END)
    return episode


def result(episode: Episode, *call: ToolCall) -> str:
    episode.step(calls(*call))
    return episode.view()[-1].content


def test_every_issue_is_done_with_all_in_view_and_none_without() -> None:
    task = session()
    assert {outcome.score for outcome in ended(task)} == {1.0}
    assert {outcome.score for outcome in ended(task, "none")} == {0.0}


def test_memories_meet_the_same_texts_before_issues() -> None:
    def told(memory: str) -> list[str]:
        trace = played(session(), memory)
        issues = {goal.event for goal in session().gold.goals}
        texts = trace.environment_texts(TRACK.tool_names)
        return [text for event, text in texts if event not in issues]

    assert told("full") == told("none")


def test_an_edit_of_what_is_frozen_breaks_a_constraint() -> None:
    def edits_first(turn: IssueTurn, reply: Message) -> Message:
        hands_over = any(call.name == "hand_over" for call in reply.calls)
        files = next(iter(session().state["files"].items()))  # type: ignore[union-attr]
        line = str(files[1]).partition("\n")[0]
        edit = ("edit_file", {"path": files[0], "old": line, "new": line + "  "})
        done = any(call.name == "edit_file" for call in turn.called)
        return calls(edit) if hands_over and not done else reply

    outcomes = ended(session(), policy=Changed(edits_first))
    scores = {outcome.goal.kind: outcome.score for outcome in outcomes}
    assert scores["frozen"] == 0
    assert scores["mend"] == 1
    assert any("constraints broken" in str(outcome.answer) for outcome in outcomes)


HEAD = '"""The works of '
ELSEWHERE = ("import sys; sys.meta_path.pop(0)", "import atexit", "X = 1")


@pytest.mark.parametrize("code", ELSEWHERE)
def test_an_edit_outside_the_function_breaks_a_constraint(code: str) -> None:
    files: dict[str, str] = session().state["files"]  # type: ignore[assignment]
    path = next(path for path, source in files.items() if source.startswith(HEAD))

    def edits_elsewhere(turn: IssueTurn, reply: Message) -> Message:
        edit = ("edit_file", {"path": path, "old": HEAD, "new": f"{code}\n{HEAD}"})
        is_last = any(call.name == "submit" for call in reply.calls)
        is_done = any(call.arguments == edit[1] for call in turn.called)
        return calls(edit) if is_last and not is_done else reply

    outcomes = [
        o for o in ended(session(), policy=Changed(edits_elsewhere)) if o.goal.kind != "frozen"
    ]
    assert all(not o.correct and "constraints broken" in str(o.answer) for o in outcomes)


BEFORE = "import math\n\n\ndef stow(n):\n    high = max(n, 3)\n    return high - math.pi\n"
LINE = ("stow.py", 6, "    return high + math.tau", "    return high - math.pi")
NAME = ("stow.py", 8, "amber_v3 = stow", "")
EDITS = {
    "mended": (LINE, BEFORE.replace("high -", "high +"), True),
    "other words": (LINE, BEFORE.replace("high -", "min(high, n) if not n else high +"), False),
    "opposite words": (LINE, BEFORE.replace("high -", "min(high, n) and high +"), True),
    "word that the bug took out": (LINE, BEFORE.replace("high - math.pi", "high + math.tau"), True),
    "new word": (LINE, BEFORE.replace("high -", "__import__('sys')._getframe() -"), False),
    "fullwidth word": (LINE, BEFORE.replace("high -", "ｅｘｅｃ(n) -"), False),
    "other line": (LINE, BEFORE.replace("max(n, 3)", "min(n, 3)"), False),
    "line more": (LINE, BEFORE.replace("    return", "    high = n\n    return"), False),
    "line less": (LINE, BEFORE.replace("    high = max(n, 3)\n", ""), False),
    "carriage return": (LINE, BEFORE.replace("high -", "high +\r    n = n -"), False),
    "name": (NAME, BEFORE + "\n\namber_v3 = stow\n", True),
    "two names": (NAME, BEFORE + "\n\namber_v3 = stow\nbirch_v2 = stow\n", False),
    "code after a blank": (NAME, BEFORE + "\r\r\r \nmath = 3\n", False),
    "default": (NAME, BEFORE.replace("stow(n)", "stow(n, m=3)") + "amber_v3 = stow\n", False),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_may_change_the_line_of_the_bug_alone(name: str) -> None:
    bug, after, may = EDITS[name]
    assert may_replace(BEFORE, after, bug, "stow") is may


@pytest.mark.parametrize("text", ["def (", "\0", "\ud800", "x = 1\v", "x = " + "-" * 100_000])
def test_a_source_that_does_not_parse_is_an_observation(text: str) -> None:
    episode = at_issue(1)
    files: dict[str, str] = session().state["files"]  # type: ignore[assignment]
    path = next(path for path in files if "\ndef " in files[path] and path.count("/") == 2)
    edit = {"path": path, "old": '"""The ', "new": f'{text}\n"""The '}
    episode.step(calls(("edit_file", edit)))
    assert result(episode, ("open_file", {"path": path, "function": "stow"})).startswith("error: ")
    episode.step(calls(("submit", {})))
    assert not episode.done


def test_handing_over_what_is_open_mends_nothing() -> None:
    def hands_over(turn: IssueTurn, reply: Message) -> Message:
        return calls(("hand_over", {"to": "Ada Novak"})) if turn.issue else reply

    outcomes = ended(session(), policy=Changed(hands_over))
    assert all(not o.correct for o in outcomes if o.goal.kind != "frozen")


def test_an_issue_without_a_submission_is_not_done() -> None:
    def forgets(turn: IssueTurn, reply: Message) -> Message:
        return END if any(call.name == "submit" for call in reply.calls) else reply

    outcomes = ended(session(), policy=Changed(forgets))
    assert all(not o.correct for o in outcomes if o.goal.kind != "frozen")


def test_a_trace_in_an_issue_uses_up_its_calls() -> None:
    episode, name = at_issue(), next(iter(session().state["services"]))  # type: ignore[call-overload]
    event = episode.event
    episode.step(calls(("trace", {"service": name})))
    assert episode.event == event + 1


def test_wrong_calls_are_observations_and_cost_a_call() -> None:
    episode = at_issue()
    event, path = episode.event, next(iter(session().state["files"]))  # type: ignore[call-overload]
    wrong: list[ToolCall] = [
        ("open_file", {"path": "none.py"}),
        ("edit_file", {"path": path, "old": "nowhere at all", "new": ""}),
        ("run_tests", {"profile": "kiln-00"}),
        ("search", {"text": "x"}),
    ]
    texts = [result(episode, wrong[number % 4]) for number in range(STEPS - 1)]
    assert all(text.startswith("error: ") for text in texts)
    assert episode.event == event
    episode.step(calls(wrong[0]))
    assert episode.event == event + 1


def test_tests_stay_hidden_and_files_are_listed() -> None:
    episode = at_issue()
    assert "tests" not in result(episode, ("list_files", {}))
    assert "error: no file" in result(episode, ("open_file", {"path": "tests/test_marks.py"}))


@pytest.mark.parametrize(
    "copied", [lambda env: env.fork(), lambda env: pickle.loads(pickle.dumps(env))]
)
def test_a_copy_goes_on_alone(copied: Callable[[RepairEnv], RepairEnv]) -> None:
    env = RepairEnv(session())
    env.reset()
    other = copied(env)
    assert other.step(END) == env.step(END)


def test_the_same_seed_gives_the_same_bytes() -> None:
    one = played(session(1), "bm25", view=1000)
    session.cache_clear()
    assert list(one.lines()) == list(played(session(1), "bm25", view=1000).lines())


def test_no_text_of_a_session_names_a_test() -> None:
    names = {
        name for tests in session().state["tests"].values() for name in NAMED.findall(str(tests))
    }  # type: ignore[union-attr]
    texts = "\n".join(text for _, text in played(session()).environment_texts(TRACK.tool_names))
    assert len(names) > 100
    assert not any(name in texts for name in names)
