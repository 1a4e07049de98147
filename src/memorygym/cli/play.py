"""Play one episode and show it as it happens, or show its task."""

import argparse
import json
from collections.abc import Iterator
from copy import copy
from functools import partial

from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.cli._checks import given_path, refuse
from memorygym.cli._task_options import add_tasks, tasks_of
from memorygym.core.episode import Episode, play
from memorygym.core.json_types import to_json
from memorygym.core.trace import Answer, Record, Trace
from memorygym.core.track import find
from memorygym.core.types import JSON, Policy, Task
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.reports.tables import causes_table, questions_text, results_table
from memorygym.reports.terminal import GREEN, RED, fit, paint, wrapped
from memorygym.reports.transcript import HELP, Human, Screen, WatchedPolicy
from memorygym.runs.episode_result import ResultOptions, place_in, result_of
from memorygym.runs.store import write_trace
from memorygym.runs.summary import summaries
from memorygym.runs.systems import AgentSystem, played
from memorygym.scoring.episode_scores import outcomes
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Guide, Value
from memorygym.tracks.worlds.generator.gold import Change, WorldsGold


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument(
        "--agent",
        "--strategy",
        metavar="AGENT",
        help="a name of `memorygym list agents`, or your own as pkg.mod:OBJECT",
    )
    who.add_argument("--human", action="store_true", help="you play, under the same budgets")
    who.add_argument("--show", action="store_true", help="show the task, as an agent reads it")
    add_tasks(parser.add_argument_group("which task"), "")
    how = parser.add_argument_group("how it is played")
    how.add_argument(
        "--memory", "--backend", default="markdown", metavar="MEMORY", help="(default: markdown)"
    )
    how.add_argument(
        "--output", "-o", "--trace", type=given_path, metavar="FILE", dest="trace",
        help="write the trace: .jsonl or .jsonl.gz",
    )  # fmt: skip
    shown = parser.add_argument_group("what --show prints")
    shown.add_argument(
        "--json", action="store_true", help="one JSON message a line, nothing wrapped"
    )
    shown.add_argument("--gold", action="store_true", help="add the facts, changes and truths")


def run(args: argparse.Namespace) -> int:
    """Shows the task, or plays it and prints the verdicts and the causes of misses."""
    if args.show:
        refuse(args, ("trace",), "an episode; --show plays none")
    else:
        refuse(args, ("json", "gold"), "--show")
    check_memory(args.memory)
    task = tasks_of(args, 1).recipes[0].generate()
    if args.agent:
        check_agent(args.agent, agents_of(find(task.track)))
    if args.show:
        for line in _json_lines(args, task) if args.json else _lines(args, task):
            print(line)
        return 0
    player = AgentSystem("human" if args.human else args.agent, args.memory)
    policy = Human() if args.human else player.policy(task)
    screen = Screen(whole=True, echo=not args.human)
    print(screen.opening(task))
    if args.human:
        print(f"\n{HELP}")
    labels = player.system.labels(task.track, 0)
    trace = played(player.begin(task, []), policy, task, labels, partial(_watched, screen, task))
    if args.trace:
        write_trace(args.trace, trace)
    print(_verdicts(trace))
    return 0


def _watched(screen: Screen, task: Task, episode: Episode, policy: Policy) -> Trace:
    """The episode, printed record by record; a person may leave before the end."""

    def show(record: Record) -> str:
        if isinstance(record, Answer):
            return _verdict(episode.trace, task, record.event)
        return screen.show(record)

    watched = WatchedPolicy(policy, episode.trace, show)
    try:
        play(episode, watched)
    except EOFError:
        print("\nend of input; a question without an answer counts as wrong")
    watched.catch_up()
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
            lines += [paint(line, colour) for line in fit(f"{word}: {outcome.reason}{truth}", "  ")]
    return "\n".join(lines)


def _verdicts(trace: Trace) -> str:
    """Every question with its verdict, the axes, and the causes of the misses."""
    result = summaries([result_of(place_in(trace), trace, ResultOptions())])
    parts = ["\n".join(questions_text(trace)), results_table(result), causes_table(result)]
    return "\n" + "\n\n".join(part for part in parts if part)


def _json_lines(args: argparse.Namespace, task: Task) -> Iterator[str]:
    """The messages of a task, and its gold table if --gold is given."""
    for row in _messages(task):
        yield json.dumps(row, ensure_ascii=False)
    if args.gold:
        yield json.dumps({"gold": to_json(task.gold)}, ensure_ascii=False)


def _lines(args: argparse.Namespace, task: Task) -> Iterator[str]:
    """The same as text that a person reads."""
    yield wrapped(_summary(task))
    for row in _messages(task):
        where = "" if row["event"] is None else f", event {int(str(row['event'])) + 1}"
        yield f"\n--- {row['role']}{where}"
        yield wrapped(str(row["content"]))
    if args.gold and isinstance(task.gold, WorldsGold):
        yield from map(wrapped, _gold_text(task.gold, strong_reader(task.system).guide))
    elif args.gold:
        yield f"\n--- gold\n{wrapped(json.dumps(to_json(task.gold), indent=1, ensure_ascii=False))}"


def _summary(task: Task) -> str:
    budget, recipe = task.budget, task.recipe
    limits = {
        "memory of {:,} tokens": budget.capacity,
        "{} writes": budget.writes,
        "{} tokens an entry": budget.slot,
    }
    stated = [text.format(limit) for text, limit in limits.items() if limit is not None]
    tier = [str(recipe["tier"])] if "tier" in recipe else []
    parts = [str(recipe["template"]), f"seed {recipe['seed']}", *tier, f"{len(task.events)} events"]
    return f"task {task.id}: {', '.join(parts)}; {', '.join(stated) or 'no memory limits'}"


def _messages(task: Task) -> Iterator[dict[str, JSON]]:
    """The system message, then every event; events are counted from 0, as traces count them."""
    yield {"event": None, "kind": "system", "role": "system", "content": task.system}
    for number, event in enumerate(task.events):
        yield {"event": number, "kind": event.kind, "role": "user", "content": event.text}


def _gold_text(gold: WorldsGold, guide: Guide) -> Iterator[str]:
    """The gold table for a person: facts, relations, changes, questions and truths."""

    def shown(code: str, value: Value) -> str:
        attribute = guide.attribute(code)
        return f"{attribute.label} {attribute.show(value)}"

    yield "\n--- gold: facts as first stated"
    for name, category, values, event in zip(
        gold.names, gold.categories, gold.values, gold.shown, strict=True
    ):
        facts = "; ".join(
            shown(a.code, value) for a, value in zip(guide.attributes, values, strict=True)
        )
        yield f"{name} ({category}, event {event + 1}): {facts}"
    phrases = {relation.code: relation.phrase for relation in guide.relations}
    yield "\n--- gold: relations"
    for entity, code, other in gold.edges:
        yield f"{gold.names[entity]} {phrases[code]} {gold.names[other]}"
    yield "\n--- gold: changes"
    for change in gold.changes:
        old, new = shown(change.code, change.old), guide.attribute(change.code).show(change.new)
        where = f"event {change.event + 1}: {gold.names[change.entity]}"
        yield f"{where}, {old} → {new} ({_manner(change)})"
    yield "\n--- gold: questions"
    for question in gold.questions:
        yield f"event {question.event + 1}, {question.question_type}: {question.text}"
        yield f"    truth: {question.truth}"


def _manner(change: Change) -> str:
    if not change.notice:
        return "a later document"
    return "correction by difference" if change.relative else "correction"
