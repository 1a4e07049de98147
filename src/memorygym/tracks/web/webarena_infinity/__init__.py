"""The track web/webarena_infinity: tasks of a user's checkout of WebArena-Infinity, in Chromium.

Their servers, pages and verifiers are used as they are. Single tasks rarely need memory, so several
make a session, whose errands are told before they are asked for.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from memorygym.agents.reasoner_agent import NoteTaker, Silent
from memorygym.core.outcome import Outcome
from memorygym.core.statements import Statement, SubTask
from memorygym.core.trace import Answer, Trace
from memorygym.core.track import Agent, Track, gold_table
from memorygym.core.types import Policy, Task
from memorygym.tracks.web.browser import TOOLS
from memorygym.tracks.web.webarena_infinity import checkout, texts
from memorygym.tracks.web.webarena_infinity.recordings import Replayer, recorded_actions
from memorygym.tracks.web.webarena_infinity.session import WebArenaEnv
from memorygym.tracks.web.webarena_infinity.tasks import NAME, parameters, recipes


def outcomes(trace: Trace) -> list[Outcome]:
    """The outcome of each errand, with the verifier's reward; 0 if it was not ended."""
    ends = ended(trace)
    errands = enumerate(gold_table(trace)["errands"])
    return [_outcome(number, errand, ends.get(number)) for number, errand in errands]


def ended(trace: Trace) -> dict[int, dict[str, Any]]:
    """By errand: how it ended (`WebArenaEnv`)."""
    answers = [json.loads(r.answer) for r in trace.records if isinstance(r, Answer)]
    return {answer["errand"]: answer for answer in answers}


def _outcome(number: int, errand: Mapping[str, Any], end: Mapping[str, Any] | None) -> Outcome:
    needs = (Statement(f"Errand {number + 1}", "text", errand["told"]),) * errand["needed"]
    text, kind, place = f"task {errand['id']}", errand["difficulty"], f"place {number + 1}"
    goal = SubTask(errand["event"], kind, text, "the verifier's yes", needs, question_type=place)
    if end is None:
        return Outcome(goal, 0.0, "the errand did not end")
    actions = json.dumps(end["actions"], ensure_ascii=False)
    return Outcome(goal, end["reward"], end["reason"], actions)


def oracle(task: Task) -> dict[int, str]:
    """By event: what the errand is that is asked for in it, if it was told before."""
    assert isinstance(task.gold, Mapping)
    errands: Any = task.gold["errands"]
    return {errand["event"]: errand["told"] for errand in errands if errand["needed"]}


def strong(task: Task, *, informed: bool = False) -> Policy:
    """The reasoner that repeats recorded actions, if its view shows what the errand is."""
    recipe: Any = task.recipe
    known = checkout.errands(recipe["app"])
    recorded = recorded_actions(recipe["app"], recipe["recordings"])
    told = [texts.told(number, known[id].text) for number, id in enumerate(recipe["tasks"])]
    actions = [recorded.get(id, ())[recipe["prefix"] :] for id in recipe["tasks"]]
    return Replayer(told, actions, informed=informed)


@cache
def TRACK() -> Track:
    """The track. Raises BadSettings without a checkout or a browser."""
    checkout.root()
    return Track(
        name=NAME,
        version=f"{NAME}-v1",
        tasks=recipes,
        parameters=parameters,
        tools=TOOLS,
        env=WebArenaEnv,
        outcomes=outcomes,
        oracle=oracle,
        reasoners={"strong": strong},
        agents=AGENTS,
        facts=lambda _: texts.ToldValues(),
        asks=texts.asks,
        surroundings=lambda: f"WebArena-Infinity at commit {checkout.commit()}",
    )


AGENTS = {
    "strong": Agent(
        make=lambda task: NoteTaker(strong(task), texts.ToldValues()),
        about="repeats recorded actions, keeps notes of errands, and acts on what its view shows",
    ),
    "ground_truth": Agent(
        make=lambda task: strong(task, informed=True),
        kind="truth",
        unbounded=True,
        about="repeats recorded actions",
    ),
    "silent": Agent(make=lambda _: Silent(), about="does nothing"),
}
"""The scripted agents of `bench`."""
