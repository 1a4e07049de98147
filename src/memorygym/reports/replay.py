"""An episode of a run, or one question of it, played again as it was played there."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import product
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.text import wrap_lines, wrap_text
from memorygym.core.trace import Action, Trace
from memorygym.models.reply_log import ReplyLog
from memorygym.reports.stored_runs import about_run, facts_of, single, verdict_lines
from memorygym.reports.tables import ACCURACY, COMPOSITE, heading, results_table
from memorygym.reports.transcript import Screen
from memorygym.runs.engine import Runner
from memorygym.runs.episode_result import Failure, Result, ResultOptions, place_of
from memorygym.runs.jobs import source_of
from memorygym.runs.model_roles import Recall, UnusedModel, anew, from_log
from memorygym.runs.results.consistency import planned
from memorygym.runs.results.summary import summaries
from memorygym.runs.store import Run, name_parts
from memorygym.runs.tasks import salt_hash
from memorygym.runs.version import version_hash
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.usage import limits_in, limits_of


def play_again(args: argparse.Namespace, name: str, number: int | None) -> int:
    """Plays and shows; 1 if the question is missed, or the trace is not the one in the run."""
    about = about_run(args.run)
    recipe = about["recipe"]
    name = single(name, [place.episode for place in planned(recipe)], args.run)
    _check_salt(args.salt, recipe["salt"])
    told, stored = f"{name}: {heading(about)}", Run(args.run).trace(name)
    if about["version_hash"] != (now := version_hash(recipe["track"])):
        told += f"\nthis version plays {now}, in which it may come out otherwise"
        stored = None
    elif stored is None:
        told += f"\nno whole trace of it is in {args.run}"
    with ExitStack() as stack:
        recall, how = _recall(args, recipe, name, stack)
        found = _played(recipe, name, args.salt, recall)
    if isinstance(found, Failure):
        print(wrap_text(f"{found.place.episode} failed: {found.error}"))
        return 3 if found.kind == "provider" else 1
    trace = found.trace
    assert trace is not None
    right = [outcome.correct for outcome in outcomes(trace)]
    if number and number > len(right):
        raise BadSettings(f"{args.id}: the episode has questions 1 to {len(right)}")
    print(wrap_text(f"{told}{how}"))
    print("\n".join(_question(found, trace, number) if number else _episode(found, trace)))
    where = trace.first_difference(stored) if stored else None
    if where is not None:
        print(f"\nthe trace differs from the one in the run, first in line {where + 1}")
    elif stored:
        print("\nthe trace is the same bytes as the one in the run")
    missed = number is not None and not right[number - 1]
    return int(missed or (where is not None and not args.again))


def _played(recipe: Mapping[str, Any], name: str, salt: str, recall: Recall) -> Result | Failure:
    """The episode of that name."""
    source, track = source_of(recipe, salt, recall), recipe["track"]
    (found,) = (
        Runner(track, (player,), wanted=ResultOptions(traced=True)).play_unit((one, repeat))[0]
        for (one, repeat), player in product(source.job().units, source.players(source.model_roles))
        if place_of(track, one, repeat, player.system).episode == name
    )
    return found


def _recall(
    args: argparse.Namespace, recipe: Mapping[str, Any], name: str, stack: ExitStack
) -> tuple[Recall, str]:
    """How the models of a run are asked, and what is told of it."""
    if not (recipe["models"] or recipe["memory_model"]):
        if args.again or args.replay:
            agent = name_parts(name)[2]
            raise BadSettings(f"{agent} is scripted: leave --again and --replay out")
        return UnusedModel, ""
    if args.again:
        return anew(args.api_base), "\nasked anew"
    path = args.replay or args.run / "replies.jsonl"
    if not path.exists():
        raise BadSettings(
            f"there is no {path}: give --replay FILE, or --again to ask the endpoint anew"
        )
    reply_log = stack.enter_context(closing(ReplyLog(path, record=False)))
    return from_log(reply_log), f"\nreplayed from {reply_log.path}; no endpoint is asked"


def _check_salt(salt: str, digest: str | None) -> None:
    if digest is None and salt:
        raise BadSettings("the run is of the public set; leave --salt out")
    if digest is not None and salt_hash(salt) != digest:
        given = "another than --salt gives" if salt else "which only its --salt deals again"
        raise BadSettings(f"the run is of a sealed set, {given}: its hash is {digest[:12]}…")


def _episode(found: Result, trace: Trace) -> Iterator[str]:
    """Every question, then the axes."""
    attribution = Attribution(trace)
    for number, outcome in enumerate(outcomes(trace), start=1):
        id, limits = f"{found.place.episode}#{number}", limits_in(trace, outcome.goal.event)
        yield ""
        yield from verdict_lines(id, outcome, attribution.cause(outcome), limits)
    head = ACCURACY if found.place.compared else COMPOSITE
    yield "\n" + results_table(summaries([found.to_json()]), head=head)


def _question(found: Result, trace: Trace, number: int) -> Iterator[str]:
    """The event as the agent saw it, the verdict, and what memory held of what it needs."""
    attribution, outcome = Attribution(trace), outcomes(trace)[number - 1]
    event = outcome.goal.event
    yield "\n".join(_shown(trace, event)) + "\n"
    yield from verdict_lines(f"{found.place.episode}#{number}", outcome, attribution.cause(outcome))
    facts = facts_of(attribution, outcome.goal)
    if facts:
        yield "\nthe facts that it needs, and what memory held when it was asked"
    held: Sequence[str] = ()
    for fact in facts:
        yield from wrap_lines(f"{fact.text} ({fact.step})", "  ")
        before, held = held, attribution.entries(event, fact.name)
        for text in ["as above"] if held and held == before else held or ["nothing"]:
            yield from wrap_lines(text, "    | ")


def _shown(trace: Trace, event: int) -> Iterator[str]:
    """Everything that happened in an event, unshortened but for what the agent wrote."""
    whole, short = Screen(whole=True), Screen()
    limits = iter([limit for at, limit in limits_of(trace) if at == event])
    for record in trace.records:
        if record.event == event:
            said = isinstance(record, Action)
            if text := short.show(record, next(limits)) if said else whole.show(record):
                yield text
