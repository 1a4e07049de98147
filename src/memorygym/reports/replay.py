"""Replay of one episode of a run, or of one question of it."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import product
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.trace import Action, Trace
from memorygym.core.track import version_of
from memorygym.models.reply_log import ReplyLog
from memorygym.reports.stored_runs import facts_of, readable, single, verdict_lines
from memorygym.reports.tables import heading, questions_text, results_table
from memorygym.reports.terminal import fit, wrapped
from memorygym.reports.transcript import record_text
from memorygym.runs.engine import Runner
from memorygym.runs.episode_result import Failure, Played, ResultOptions, place_of
from memorygym.runs.jobs import source_of
from memorygym.runs.model_roles import Recall, UnusedModel, anew, asks_models, from_log
from memorygym.runs.results import about_run, plan_of
from memorygym.runs.store import Run, name_parts
from memorygym.runs.summary import summaries
from memorygym.runs.tasks import salt_hash
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.usage import limits_of


def play_again(args: argparse.Namespace, name: str, number: int | None) -> int:
    """Plays and shows the episode; returns 1 if the question is missed or the trace differs."""
    about = about_run(args.run)
    recipe = about["recipe"]
    name = single(name, [place.episode for place in plan_of(args.run, about)], args.run)
    _check_salt(args.salt, recipe["salt"])
    notes, stored = f"{readable(name)}: {heading(about)}", Run(args.run).trace(name)
    if about["version"] != (now := version_of(recipe["track"])):
        notes += f"\nthis version of the code plays {now}: the episode may come out otherwise"
        stored = None
    elif stored is None:
        notes += f"\n{args.run} holds no whole trace of it to compare with"
    with ExitStack() as stack:
        recall, how = _recall(args, recipe, name, stack)
        result = _played(recipe, name, args.salt, recall)
    if isinstance(result, Failure):
        print(wrapped(f"{readable(result.place.episode)} failed: {result.error}"))
        return 3 if result.kind == "provider" else 1
    trace = result.trace
    assert trace is not None
    right = [outcome.correct for outcome in outcomes(trace)]
    if number and number > len(right):
        raise BadSettings(f"{args.id}: the episode has questions 1 to {len(right)}")
    print(wrapped(f"{notes}{how}"))
    if number:
        print("\n".join(_question(result, trace, number)))
    else:
        print("\n".join([*questions_text(trace), "", results_table(summaries([result.result]))]))
    unlike = trace.first_difference(stored) if stored else None
    if unlike is not None:
        print(f"\nthe trace differs from the one in the run, first in line {unlike + 1}")
    elif stored:
        print("\nthe trace is the same bytes as the one in the run")
    missed = number is not None and not right[number - 1]
    return int(missed or (unlike is not None and not args.again))


def _played(recipe: Mapping[str, Any], name: str, salt: str, recall: Recall) -> Played | Failure:
    """The episode of that name."""
    source, track = source_of(recipe, salt, recall), recipe["track"]
    (result,) = (
        Runner(track, (player,), wanted=ResultOptions(traced=True)).play_unit((task, repeat))[0]
        for (task, repeat), player in product(source.units, source.players(source.model_roles))
        if place_of(track, task, repeat, player.system).episode == name
    )
    return result


def _recall(
    args: argparse.Namespace, recipe: Mapping[str, Any], name: str, stack: ExitStack
) -> tuple[Recall, str]:
    """The models of a run, from recorded replies or an endpoint, and a note on which."""
    if not asks_models(recipe):
        if args.again or args.replay:
            agent = name_parts(name)[2]
            raise BadSettings(f"{agent} is scripted: leave --again and --replay out")
        return UnusedModel, ""
    if args.again:
        return anew(args.api_base), "\nthe endpoint was asked again"
    path = args.replay or args.run / "replies.jsonl"
    if not path.exists():
        raise BadSettings(f"there is no {path}: give --replay FILE, or --again to ask the endpoint")
    reply_log = stack.enter_context(closing(ReplyLog(path, record=False)))
    return from_log(reply_log), f"\nreplayed from {reply_log.path}; no endpoint is asked"


def _check_salt(salt: str, digest: str | None) -> None:
    if digest is None and salt:
        raise BadSettings("the run is of the public test set: leave --salt out")
    if digest is not None and salt_hash(salt) != digest:
        problem = "--salt is not its secret" if salt else "give its secret as --salt"
        raise BadSettings(f"the run is of a private test set: {problem} (hash {digest[:12]}…)")


def _question(result: Played, trace: Trace, number: int) -> Iterator[str]:
    """The event as the agent saw it, the verdict, and the needed facts as the memory held them."""
    attribution, outcome = Attribution(trace), outcomes(trace)[number - 1]
    event = outcome.goal.event
    yield "\n".join(_shown(trace, event)) + "\n"
    yield from verdict_lines(
        f"{result.result.place.episode}#{number}", outcome, attribution.cause(outcome)
    )
    facts = [*facts_of(attribution, outcome.goal)]
    if facts:
        yield "\nthe needed facts, and what the memory held of them when the question was asked"
    held: Sequence[str] = ()
    for fact, step in facts:
        yield from fit(f"{attribution.reader.text(fact)} ({step})", "  ")
        before, held = held, attribution.entries(event, attribution.reader.mention(fact))
        for text in ["as above"] if held and held == before else held or ["nothing"]:
            yield from fit(text, "    | ")


def _shown(trace: Trace, event: int) -> Iterator[str]:
    """The records of an event."""
    limits = iter([limit for limit_event, limit in limits_of(trace) if limit_event == event])
    for record in trace.records:
        if record.event == event:
            limit = next(limits) if isinstance(record, Action) else ""
            if text := record_text(record, limit):
                yield text
