"""Play one episode, or one question of it, again and show it."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from memorygym import registry
from memorygym.agents.accounting import limits_in, limits_of
from memorygym.attribution import Attribution
from memorygym.bench import Evaluation
from memorygym.commands._model import OPTIONS, add_model, is_given, minds_of, refuse_model_options
from memorygym.commands._recipe import add_limits, add_salt, add_sizes, check_counts
from memorygym.commands._run import EpisodeId, about_run, facts_of, read_id, verdict_lines
from memorygym.commands._screen import Screen
from memorygym.commands._tasks import KNOBS, WORLDS
from memorygym.contract import contract
from memorygym.errors import BadSettings, UnknownPart
from memorygym.jobs import source_of
from memorygym.models.tape import Tape
from memorygym.page import fit, wrapped
from memorygym.results.consistency import planned
from memorygym.results.summary import summaries
from memorygym.runs.engine import Table
from memorygym.runs.folder import Run, name_parts
from memorygym.runs.minds import Absent, Minds, Recall, anew, from_tape
from memorygym.runs.results import Failure, Result, Wanted, place_of
from memorygym.runs.seats import Player
from memorygym.runs.tasks import Limits, dealt, salt_hash
from memorygym.sandbox.choosing import check as check_memory
from memorygym.scoring import outcomes
from memorygym.tables import ACCURACY, COMPOSITE, heading, results_table
from memorygym.trace import Said, Trace
from memorygym.track import Options, TaskRecipe
from memorygym.tracks.worlds.dealing.tiers import TIERS

LIMITS = Limits.__slots__
OF_RUN = ("model", "backend", *LIMITS, *KNOBS[1:], *OPTIONS)
"""Options that --run tells already, but for --replay."""


@dataclass(frozen=True, slots=True)
class Again:
    """An episode that is to be played again."""

    track: str
    recipe: TaskRecipe
    repeat: int
    seat: Player
    told: str
    """Where it and the replies come from."""
    stored: Trace | None = None
    """As the run played it, under this contract."""

    def play(self) -> Result | Failure:
        """The episode."""
        table = Table(self.track, (self.seat,), wanted=Wanted(traced=True))
        return table.play_unit((self.recipe, self.repeat))[0]


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "id", metavar="ID",
        help="TEMPLATE+SEED+AGENT+REPEAT, of a comparison TEMPLATE+SEED+REASONER+SYSTEM+BUDGET, and"
        " #N for its question N",
    )  # fmt: skip
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
        found = again.play()
    if isinstance(found, Failure):
        print(wrapped(f"{found.place.episode} failed: {found.error}"))
        return 3 if found.kind == "provider" else 1
    trace = found.trace
    assert trace is not None
    told = outcomes(trace)
    if number and number > len(told):
        raise BadSettings(f"{args.id}: the episode has questions 1 to {len(told)}")
    print(wrapped(again.told))
    lines = _question(found, number) if number else _episode(found)
    print("\n".join(lines))
    unlike = _unlike(trace, again.stored)
    if again.stored:
        print(f"\n{unlike or 'the trace is the same bytes as the one in the run'}")
    missed = number is not None and not told[number - 1].correct
    return int(missed or (bool(unlike) and not args.again))


def _of_options(args: argparse.Namespace, name: EpisodeId) -> Again:
    """What the ID and the options name. Raises UnknownPart or BadSettings."""
    if args.again:
        raise BadSettings("--again is for --run: it is the run that keeps replies")
    if name.repeat is None:
        raise BadSettings(f"{args.id} is an episode of a comparison: give its folder as --run")
    agent = name.agent or args.model
    if not agent:
        raise BadSettings(f"{args.id} names no agent: give TEMPLATE+SEED+AGENT, or --model")
    if args.model and agent != args.model:
        raise BadSettings(f"{args.id} is an episode of {agent}, not of --model {args.model}")
    check_counts(args, *LIMITS)
    backend = args.backend or "markdown"
    check_memory(backend)
    if not args.model:
        refuse_model_options(args)
        registry.check("agents", agent)
    given = {knob: getattr(args, knob) for knob in KNOBS[1:]}
    knobs = {"template": name.template, "tier": "standard"}
    knobs |= {knob: str(value) for knob, value in given.items() if value is not None}
    tasks = dealt(WORLDS, Options(range(name.seed, name.seed + 1), args.salt, knobs))
    evaluation = Evaluation(
        tasks=tasks,
        agents=(agent,),
        memory=backend,
        limits=Limits(**{limit: getattr(args, limit) for limit in LIMITS}),
        minds=minds_of(args) if args.model else Minds(),
    )
    (seat,) = evaluation.seats(evaluation.minds)
    episode = place_of(WORLDS, tasks.recipes[0], name.repeat, seat.seat).episode
    told = f"{episode}: tier {knobs['tier']}, memory {backend}"
    return Again(WORLDS, tasks.recipes[0], name.repeat, seat, told)


def _of_run(
    args: argparse.Namespace, about: Mapping[str, Any], id: EpisodeId, stack: ExitStack
) -> Again:
    """The episode as a run played it. Raises UnknownPart or BadSettings if it did not."""
    for option in OF_RUN:
        if option != "replay" and is_given(args, option):
            raise BadSettings(f"--{option.replace('_', '-')} is told by --run; leave it out")
    recipe, track = about["recipe"], about["recipe"]["track"]
    name = _named(id, recipe)
    _check_salt(args.salt, recipe["salt"])
    told, stored = f"{name}: {heading(about)}", Run(args.run).trace(name)
    if about["contract"] != (now := contract(track)):
        told += f"\nthis version plays {now}, in which it may come out otherwise"
        stored = None
    elif stored is None:
        told += f"\nno whole trace of it is in {args.run}"
    recall, how = _recall(args, recipe, name, stack)
    source = source_of(recipe, args.salt, recall)
    (again,) = (
        Again(track, one, repeat, seat, f"{told}{how}", stored)
        for (one, repeat), seat in product(source.job().units, source.seats(source.minds))
        if place_of(track, one, repeat, seat.seat).episode == name
    )
    return again


def _recall(
    args: argparse.Namespace, recipe: Mapping[str, Any], name: str, stack: ExitStack
) -> tuple[Recall, str]:
    """How the models of a run are asked, and what is told of it."""
    if not (recipe["models"] or recipe["memory_model"]):
        if args.again or args.replay:
            agent = name_parts(name)[2]
            raise BadSettings(f"{agent} is scripted: leave --again and --replay out")
        return Absent, ""
    if args.again:
        return anew(args.api_base), "\nasked anew"
    tape = _tape(args, stack)
    return from_tape(tape), f"\nreplayed from {tape.path}; no endpoint is asked"


def _named(id: EpisodeId, recipe: Mapping[str, Any]) -> str:
    """The name in full. Raises UnknownPart or BadSettings unless the run has such an episode."""
    if id.template not in recipe["templates"]:
        raise UnknownPart("template of the run", id.template, recipe["templates"])
    if id.seed not in recipe["seeds"]:
        seeds = ", ".join(map(str, recipe["seeds"]))
        raise BadSettings(f"seed {id.seed} is not in the run; its seeds are {seeds}")
    kinds = ("agent", "repeat") if recipe["kind"] == "bench" else ("reasoner", "system", "budget")
    if len(id.who) > len(kinds):
        form = "+".join(kind.upper() for kind in ("template", "seed", *kinds))
        raise BadSettings(f"{id}: the episodes of the run are named {form}")
    named = {place.episode: name_parts(place.episode)[2:] for place in planned(recipe)
             if (place.template, place.seed) == (id.template, id.seed)}  # fmt: skip
    for at, kind in enumerate(kinds):
        choices = list(dict.fromkeys(parts[at] for parts in named.values()))
        if at < len(id.who):
            chosen = id.who[at]
        elif len(choices) == 1 or kind == "repeat":
            chosen = choices[0]
        else:
            raise BadSettings(f"{id} names no {kind}; the run has {', '.join(choices)}")
        if chosen not in choices and kind == "repeat":
            raise BadSettings(f"repeat {chosen}: the run has repeats 0 to {choices[-1]}")
        if chosen not in choices:
            raise UnknownPart(f"{kind} of the run", chosen, choices)
        named = {name: parts for name, parts in named.items() if parts[at] == chosen}
    (name,) = named
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


def _episode(found: Result) -> Iterator[str]:
    """Every question, then the axes."""
    assert found.trace is not None
    attribution = Attribution(found.trace)
    name = found.place.episode
    for number, outcome in enumerate(outcomes(found.trace), start=1):
        yield ""
        limits = limits_in(found.trace, outcome.goal.event)
        yield from verdict_lines(f"{name}#{number}", outcome, attribution.cause(outcome), limits)
    head = ACCURACY if "budget" in found.trace.labels else COMPOSITE
    yield "\n" + results_table(summaries([found.to_json()]), head=head)


def _question(found: Result, number: int) -> Iterator[str]:
    """The event as the agent saw it, the verdict, and what memory held of what it needs."""
    trace = found.trace
    assert trace is not None
    attribution, outcome = Attribution(trace), outcomes(trace)[number - 1]
    yield "\n".join(_shown(trace, outcome.goal.event)) + "\n"
    name = f"{found.place.episode}#{number}"
    yield from verdict_lines(name, outcome, attribution.cause(outcome))
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


def _unlike(trace: Trace, stored: Trace | None) -> str:
    """Where a trace differs from the stored one; "" if it does not, or if none is stored."""
    where = trace.first_unlike(stored) if stored else None
    if where is None:
        return ""
    return f"the trace differs from the one in the run, first in line {where + 1}"
