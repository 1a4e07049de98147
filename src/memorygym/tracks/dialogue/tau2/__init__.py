"""The track dialogue/tau2: tasks of a user's checkout of tau2-bench, chained into long sessions.

Their orchestrator, tools, customers and evaluator are used as they are; the agent's messages come
from the episode, so that the memory stands between the conversation and the agent, and nowhere
else. Nothing of tau2-bench is imported before a task is made.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from memorygym.agents.reasoner_agent import NoteTaker, Silent
from memorygym.core.outcome import Outcome
from memorygym.core.statements import Statement, SubTask
from memorygym.core.trace import Answer, Trace
from memorygym.core.trace_reader import TraceReader
from memorygym.core.track import Agent, Track, gold_table
from memorygym.core.types import Policy, Task, Tool
from memorygym.tracks.dialogue.tau2 import checkout
from memorygym.tracks.dialogue.tau2.script import (
    ReferenceRefuser,
    Requests,
    Solver,
    Values,
    label,
    stages,
    turn_order,
)
from memorygym.tracks.dialogue.tau2.session import Tau2Env
from memorygym.tracks.dialogue.tau2.tasks import (
    NAME,
    domain,
    parameters,
    recipes,
    solutions,
)


def outcomes(trace: Trace) -> list[Outcome]:
    """The outcome of each customer's task, with tau2-bench's reward; 0 if it was not finished."""
    ended = conversations(trace)
    last = max((record.event for record in trace.records), default=0)
    return [
        _outcome(number, task, *ended.get(number, (last, None)))
        for number, task in enumerate(gold_table(trace)["tasks"])
    ]


def reader(trace: Trace) -> TraceReader:
    """The reader of a trace: which of the values that a task needs does a text show?"""
    goals = [outcome.goal for outcome in outcomes(trace)]
    needed = list(dict.fromkeys(need for goal in goals for need in goal.needs))
    return TraceReader(trace, goals, Values(needed), TRACK().tool_names)


def conversations(trace: Trace) -> dict[int, tuple[int, dict[str, Any]]]:
    """By customer: the event in which the conversation ended, and how (`Tau2Env`)."""
    return {
        conversation["customer"]: (record.event, conversation)
        for record in trace.records
        if isinstance(record, Answer)
        for conversation in json.loads(record.answer)
    }


def _outcome(number: int, task: Mapping[str, Any], event: int, ended: Any) -> Outcome:
    who, own = f"Customer {number + 1}", stages(task["actions"])[0]
    values = dict.fromkeys(v for stage in own for action in stage for v in action["stated"])
    needs = tuple(Statement(who, value, value) for value in values) if task["scripted"] else ()
    text, kind = f"task {task['id']}", task["type"]
    goal = SubTask(event, depth(number), text, "reward 1", needs, question_type=kind)
    if ended is None:
        return Outcome(goal, 0.0, "the conversation did not end")
    parts = ", ".join(f"{part} {worth:g}" for part, worth in ended["parts"].items())
    return Outcome(
        goal, ended["reward"], f"{ended['ended']}: {parts or 'no part was scored'}", parts
    )


def depth(number: int) -> str:
    """The group of a task by its place in the session, counted from 0.

    >>> [depth(number) for number in (0, 1, 2, 3, 7)]
    ['depth_1', 'depth_2', 'depth_2', 'depth_4', 'depth_8']
    """
    return f"depth_{1 << (number + 1).bit_length() - 1}"


def oracle(task: Task) -> dict[int, str]:
    """By event: the request of the customer who speaks; {} if the customer is a model."""
    assert isinstance(task.gold, Mapping)
    if task.state["user"] != "scripted":
        return {}
    known: Any = task.gold["tasks"]
    turns = [1 + len(stages(customer["actions"])[0]) for customer in known]
    at_once = task.state["at_once"]
    assert isinstance(at_once, int)
    order = turn_order(turns, at_once)
    first = {customer: event for event, customer in reversed([*enumerate(order)])}
    return {
        event: label(customer, known[customer]["opening"])
        for event, customer in enumerate(order)
        if event != first[customer]
    }


def strong(task: Task, *, informed: bool = False) -> Policy:
    """The reasoner that knows the solution, and acts on what the view shows of the request."""
    ids: Any = task.recipe["tasks"]
    return Solver(solutions(str(task.recipe["domain"]), ids), informed=informed)


@cache
def TRACK() -> Track:
    """The track, with the tools of every domain that the checkout has. Raises BadSettings."""
    checkout.root()
    return Track(
        name=NAME,
        version=f"{NAME}-v1",
        tasks=recipes,
        parameters=parameters,
        tools=_tools(),
        env=Tau2Env,
        outcomes=outcomes,
        oracle=oracle,
        reasoners={"strong": strong},
        agents=AGENTS,
        facts=lambda _: Requests(),
        reader=reader,
    )


def _tools() -> tuple[Tool, ...]:
    present = [name for name in checkout.NEEDED if not checkout.missing(name)]
    return tuple({tool.name: tool for name in present for tool in domain(name).tools}.values())


AGENTS = {
    "strong": Agent(
        make=lambda task: NoteTaker(strong(task), Requests()),
        about="knows each solution, keeps notes of requests, and acts on what its view shows",
    ),
    "ground_truth": Agent(
        make=lambda task: strong(task, informed=True),
        kind="truth",
        unbounded=True,
        about="carries out the reference solution",
    ),
    "refuser": Agent(
        make=lambda _: ReferenceRefuser(), about="tells every customer that it cannot help"
    ),
    "silent": Agent(make=lambda _: Silent(), about="says nothing, which ends a conversation"),
}
"""The scripted agents of `bench`."""
