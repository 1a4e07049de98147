"""Play one episode, or one question of it, again and show it."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from memorygym import registry
from memorygym.agents.accounting import limits_in, limits_of
from memorygym.attribution import Attribution
from memorygym.commands._model import OPTIONS, add_model, is_given, player_of, refuse_model_options
from memorygym.commands._recipe import add_limits, add_salt, add_sizes, check_counts, sizes_of
from memorygym.commands._run import Name, about_run, facts_of, read_id, verdict_lines
from memorygym.commands._screen import Screen
from memorygym.contract import contract
from memorygym.errors import BadSettings, UnknownPart
from memorygym.models.tape import Tape
from memorygym.outcome import Outcome
from memorygym.page import fit, wrapped
from memorygym.players import Player, play_model
from memorygym.players import player_of as recalled
from memorygym.results.consistency import planned
from memorygym.results.summary import summaries
from memorygym.runner import Failure, Plan, Result, play_task
from memorygym.runs.folder import Run
from memorygym.sandbox.choosing import check as check_memory
from memorygym.scoring import outcomes
from memorygym.tables import heading, results_table
from memorygym.trace import Said, Trace
from memorygym.tracks.worlds.dealing.tiers import TIERS, Sizes
from memorygym.tracks.worlds.settings import Settings, salt_hash

OF_RUN = ("model", "tier", "backend", *LIMITS, *Sizes.__slots__, *OPTIONS)
"""Options that --run tells already, but for --replay."""


@dataclass(frozen=True, slots=True)
class Again:
    """An episode that is to be played again."""

    settings: Settings
    who: str | Player
    source: str
    """Where it and the replies come from."""
    stored: Trace | None = None
    """As the run played it, under this contract."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "id", metavar="ID", help="TEMPLATE+SEED+AGENT+REPEAT, and #N for its question N"
    )
    old = parser.add_argument_group("an episode of a run")
    old.add_argument("--run", type=Path, metavar="DIR", help="as it was played there")
    old.add_argument(
        "--again", action="store_true", help="ask the endpoint, not the replies kept there"
    )
    new = parser.add_argument_group("any other episode")
    new.add_argument("--model", help="the agent, if it is a model")
    new.add_argument("--tier", help=f"one of {', '.join(TIERS)} (default: standard)")
    new.add_argument("--backend", help="memory (default: markdown)")
    add_limits(new)
    add_sizes(new)
    parser.add_argument("--api-base", metavar="URL", help="endpoint (default: OPENAI_BASE_URL)")
    add_salt(parser, "the secret of a sealed set")
    add_model(parser)


def run(args: argparse.Namespace) -> int:
    """Plays and shows; 1 if the question is missed, or the trace is not the one in the run."""
    about = about_run(args.run) if args.run else None
    name, number = read_id(args.id)
    with ExitStack() as stack:
        again = _of_run(args, about, name, stack) if about else _of_options(args, name)
        found = _played(again)
    if isinstance(found, Failure):
        print(wrapped(f"{found.settings.episode(found.agent)} failed: {found.error}"))
        return 3 if found.kind == "provider" else 1
    trace = found.trace
    assert trace is not None
    told = outcomes(trace)
    if number and number > len(told):
        raise BadSettings(f"{args.id}: the episode has questions 1 to {len(told)}")
    print(wrapped(again.source))
    lines = _question(found, number) if number else _episode(found)
    print("\n".join(lines))
    unlike = _unlike(trace, again.stored)
    if again.stored:
        print(f"\n{unlike or 'the trace is the same bytes as the one in the run'}")
    missed = number is not None and not told[number - 1].correct
    return int(missed or (bool(unlike) and not args.again))


def _of_options(args: argparse.Namespace, name: Name) -> Again:
    """What the ID and the options name. Raises UnknownPart or BadSettings."""
    if args.again:
        raise BadSettings("--again is for --run: it is the run that keeps replies")
    agent = name.agent or args.model
    if not agent:
        raise BadSettings(f"{args.id} names no agent: give TEMPLATE+SEED+AGENT, or --model")
    if args.model and agent != args.model:
        raise BadSettings(f"{args.id} is an episode of {agent}, not of --model {args.model}")
    check_counts(args, *LIMITS)
    registry.load("worlds", name.template, "WORLD")
    backend = args.backend or "markdown"
    check_memory(backend)
    if not args.model:
        refuse_model_options(args)
        registry.check("agents", agent)
    settings = Settings(
        name.template, name.seed, args.tier or "standard", sizes_of(args), args.salt, backend,
        name.repeat, *(getattr(args, limit) for limit in LIMITS),
    )  # fmt: skip
    source = f"{settings.episode(agent)}: tier {settings.tier}, memory {backend}"
    return Again(settings, player_of(args) if args.model else agent, source)


def _of_run(
    args: argparse.Namespace, about: Mapping[str, Any], name: Name, stack: ExitStack
) -> Again:
    """The episode as a run played it. Raises UnknownPart or BadSettings if it did not."""
    for option in OF_RUN:
        if option != "replay" and is_given(args, option):
            raise BadSettings(f"--{option.replace('_', '-')} is told by --run; leave it out")
    recipe = about["recipe"]
    name = _named(name, recipe)
    _check_salt(args.salt, recipe["salt"])
    (settings,) = (s for s, agent in planned(recipe, args.salt) if s.episode(agent) == str(name))
    source = f"{name}: {heading(about)}"
    stored = Run(args.run).trace(str(name))
    if about["contract"] != contract():
        source += f"\nthis version plays {contract()}, in which it may come out otherwise"
        stored = None
    elif stored is None:
        source += f"\nno whole trace of it is in {args.run}"
    if recipe["model"] is None:
        if args.again or args.replay:
            raise BadSettings(f"{name.agent} is scripted: leave --again and --replay out")
        return Again(settings, name.agent, source, stored)
    tape = None if args.again else _tape(args, stack)
    told = f"replayed from {tape.path}; no endpoint is asked" if tape else "asked anew"
    player = recalled(recipe, tape, args.api_base)
    return Again(settings, player, f"{source}\n{told}", stored)


def _named(name: Name, recipe: Mapping[str, Any]) -> Name:
    """The name in full. Raises UnknownPart or BadSettings unless the run has such an episode."""
    if not name.agent and len(recipe["agents"]) == 1:
        name = replace(name, agent=recipe["agents"][0])
    elif not name.agent:
        agents = ", ".join(recipe["agents"])
        raise BadSettings(f"{name.template}+{name.seed} names no agent; the run has {agents}")
    if name.template not in recipe["templates"]:
        raise UnknownPart("template of the run", name.template, recipe["templates"])
    if name.agent not in recipe["agents"]:
        raise UnknownPart("agent of the run", name.agent, recipe["agents"])
    if name.seed not in recipe["seeds"]:
        seeds = ", ".join(map(str, recipe["seeds"]))
        raise BadSettings(f"seed {name.seed} is not in the run; its seeds are {seeds}")
    if name.repeat >= recipe["repeats"]:
        raise BadSettings(f"repeat {name.repeat}: the run has repeats 0 to {recipe['repeats'] - 1}")
    return name


def _check_salt(salt: str, digest: str | None) -> None:
    if digest is None and salt:
        raise BadSettings("the run is of the public set; leave --salt out")
    if digest is not None and salt_hash(salt) != digest:
        given = "another than --salt gives" if salt else "which only its --salt deals again"
        raise BadSettings(f"the run is of a sealed set, {given}: its hash is {digest[:12]}…")


def _tape(args: argparse.Namespace, stack: ExitStack) -> Tape:
    path = args.replay or args.run / "replies.jsonl"
    if not path.exists():
        raise BadSettings(
            f"there is no {path}: give --replay FILE, or --again to ask the endpoint anew"
        )
    return stack.enter_context(closing(Tape(path, record=False)))


def _played(again: Again) -> Result | Failure:
    if isinstance(again.who, Player):
        (found,) = play_model([again.settings], again.who, Plan(traced=True), 1)
        return found
    return play_task(again.settings, Plan((again.who,), traced=True))[0]


def _episode(found: Result) -> Iterator[str]:
    """Every question, then the axes."""
    assert found.trace is not None
    attribution = Attribution(found.trace)
    name = found.settings.episode(found.agent)
    for number, outcome in enumerate(outcomes(found.trace), start=1):
        yield ""
        limits = limits_in(found.trace, outcome.goal.event)
        yield from verdict_lines(f"{name}#{number}", outcome, _cause(attribution, outcome), limits)
    yield "\n" + results_table(summaries([found.to_json()]))


def _question(found: Result, number: int) -> Iterator[str]:
    """The event as the agent saw it, the verdict, and what memory held of what it needs."""
    trace = found.trace
    assert trace is not None
    attribution, outcome = Attribution(trace), outcomes(trace)[number - 1]
    yield "\n".join(_shown(trace, outcome.goal.event)) + "\n"
    name = f"{found.settings.episode(found.agent)}#{number}"
    yield from verdict_lines(name, outcome, _cause(attribution, outcome))
    facts = facts_of(attribution, outcome.goal)
    if facts:
        yield "\nthe facts that it needs, and what memory held when it was asked"
    held: Sequence[str] = ()
    for fact in facts:
        yield from fit(f"{fact.text} ({fact.step})", "  ")
        before, held = held, attribution.entries(outcome.goal.event, fact.name)
        for text in ["as above"] if held and held == before else held or ["nothing"]:
            yield from fit(text, "    | ")


def _shown(trace: Trace, event: int) -> Iterator[str]:
    """Everything that happened in an event, unshortened but for what the agent wrote."""
    whole, short = Screen(whole=True), Screen()
    limits = iter([limit for at, limit in limits_of(trace) if at == event])
    for record in trace.records:
        if record.event == event:
            said = isinstance(record, Said)
            text = short.show(record, next(limits)) if said else whole.show(record)
            if text:
                yield text


def _cause(attribution: Attribution, outcome: Outcome) -> str:
    return "" if outcome.correct else attribution.cause(outcome)


def _unlike(trace: Trace, stored: Trace | None) -> str:
    """Where a trace differs from the stored one; "" if it does not, or if none is stored."""
    if stored is None:
        return ""
    where = trace.first_unlike(stored)
    if where is None:
        return ""
    return f"the trace differs from the one in the run, first in line {where + 1}"
