"""Play one episode and show it as it happens, or show its task."""

import argparse
import sys
import webbrowser
from contextlib import nullcontext
from copy import copy
from functools import partial

from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.cli._settings import add_settings, settings_of
from memorygym.core.episode import Episode
from memorygym.core.errors import BadSettings
from memorygym.core.trace import Action, Answer, Record, ToolResult, Trace
from memorygym.core.track import OpenPages, find
from memorygym.core.types import Policy, Task
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.reports.tables import causes_table, questions_text, results_table
from memorygym.reports.terminal import DIM, GREEN, RED, paint, wrapped
from memorygym.reports.transcript import (
    HELP,
    Human,
    Visitor,
    play_shown,
    record_text,
    task_json,
    task_text,
)
from memorygym.runs.episode_result import ResultOptions, place_in, result_of
from memorygym.runs.settings import PlaySettings
from memorygym.runs.store import write_trace
from memorygym.runs.summary import summaries
from memorygym.runs.systems import AgentSystem, played
from memorygym.runs.tasks import tasks_of
from memorygym.scoring.episode_scores import outcomes


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_settings(parser, PlaySettings)


def run(args: argparse.Namespace) -> int:
    """Shows the task, or plays it and prints the verdicts and the causes of misses."""
    settings = settings_of(PlaySettings, args)
    if len(settings.given("agent", "human", "browser", "show")) != 1:
        raise BadSettings("play: give one of --agent, --human, --browser and --show")
    if settings.show:
        settings.refuse(["trace"], "an episode; --show plays none")
    else:
        settings.refuse(["json", "gold"], "--show")
    if settings.browser:
        settings.refuse(["memory"], "agents and --human")
    check_memory(settings.memory)
    task = tasks_of(settings, 1).recipes[0].generate()
    if settings.agent:
        check_agent(settings.agent, agents_of(find(task.track)))
    if settings.show:
        show = task_json if settings.json else task_text
        for line in show(task, gold=settings.gold):
            print(line)
        return 0
    opens = find(task.track).opens if settings.browser else lambda _: nullcontext(None)
    if opens is None:
        raise BadSettings(f"play --browser: the track {task.track} has no pages; give --human")
    player = AgentSystem(settings.agent or "human", "none" if settings.browser else settings.memory)
    episode, labels = player.begin(task, []), player.system.labels(task.track, 0)
    with opens(episode.env) as pages:
        print(paint(wrapped(task.system), DIM))
        policy = player.policy(task) if settings.agent else _person(pages)
        trace = played(episode, policy, task, labels, partial(_watched, task))
    if settings.trace:
        write_trace(settings.trace, trace)
    print(_verdicts(trace))
    return 0


def _person(pages: OpenPages | None) -> Policy:
    """A person at these pages, if there are any, who is told how to play."""
    if pages is None:
        print(f"\n{HELP}")
        return Human()
    print(f"\nThe pages are at {pages.address}/ until the episode ends (Ctrl-D ends it).")
    if sys.stdin.isatty():
        webbrowser.open(pages.address)
    return Visitor(pages)


def _watched(task: Task, episode: Episode, policy: Policy) -> Trace:
    """The episode, printed record by record; a person may leave before the end."""

    def show(record: Record) -> str:
        if isinstance(record, Answer):
            return _verdict(episode.trace, task, record.event)
        if isinstance(record, Action) and isinstance(policy, Human | Visitor):
            return ""  # The person has typed it.
        if isinstance(record, ToolResult) and isinstance(policy, Visitor):
            return ""  # The person has read it.
        return record_text(record)

    play_shown(episode, policy, show)
    return episode.trace


def _verdict(trace: Trace, task: Task, event: int) -> str:
    """The verdict on the answer to the question of an event, as soon as it is given."""
    so_far = copy(trace)
    so_far.gold = task.gold
    lines = []
    for outcome in outcomes(so_far):
        if outcome.goal.event == event:
            word, colour = ("right", GREEN) if outcome.correct else ("WRONG", RED)
            truth = "" if outcome.correct else f"; truth {outcome.goal.truth}"
            lines.append(paint(wrapped(f"{word}: {outcome.reason}{truth}", "  "), colour))
    return "\n".join(lines)


def _verdicts(trace: Trace) -> str:
    """Every question with its verdict, the axes, and the causes of the misses."""
    result = summaries([result_of(place_in(trace), trace, ResultOptions())])
    parts = ["\n".join(questions_text(trace)), results_table(result), causes_table(result)]
    return "\n" + "\n\n".join(part for part in parts if part)
