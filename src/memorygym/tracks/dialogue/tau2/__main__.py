"""Prepares and checks a checkout of tau2-bench: `python -m memorygym.tracks.dialogue.tau2`.

Sessions are played by `memorygym bench` and `memorygym compare` with `--track dialogue/tau2`.
"""

import argparse
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from memorygym.core.episode import Episode, play
from memorygym.core.errors import MemoryGymError
from memorygym.core.trace import Action
from memorygym.core.types import Budget
from memorygym.memories.none import Nothing
from memorygym.tracks.dialogue.tau2 import checkout, conversations
from memorygym.tracks.dialogue.tau2.script import Solver
from memorygym.tracks.dialogue.tau2.session import Tau2Env
from memorygym.tracks.dialogue.tau2.tasks import Tau2Recipe, domain, solutions

COMMAND = "python -m memorygym.tracks.dialogue.tau2"
DOMAINS = [name for name in checkout.NEEDED if name != "mock"]
PAGE = """\
# tau2-bench: replay of the reference solutions

Written by `{command}`.
tau2-bench {tau2} at commit {commit}, litellm {litellm}, Python {python}.
Each task is played through tau2-bench's own `Orchestrator`, by a scripted customer and an agent
that makes the reference solution's calls, and scored by its own `evaluate_simulation` under
`EvaluationType.ALL_IGNORE_BASIS`: final database, environment assertions, actions, communication.
No model and no judge is asked; banking_knowledge searches with `bm25`.

| domain | tasks | reward 1.0 | agent messages | seconds | tasks below 1.0 |
|---|---|---|---|---|---|
{rows}
"""


def main(words: list[str] | None = None) -> int:
    """Returns 0, 1 if a domain or a reward is not as it should be, or 2 for a wrong set-up."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("check", help="say which domains can be played")
    command.set_defaults(run=_check)
    command = commands.add_parser("replay", help="play the reference solution of every task")
    command.add_argument("--domain", action="append", choices=checkout.NEEDED, metavar="NAME")
    command.add_argument("-o", type=Path, metavar="FILE", help="also write the page there")
    command.set_defaults(run=_replay)
    args = parser.parse_args(words)
    try:
        return int(args.run(args))
    except (MemoryGymError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2


def _check(_: argparse.Namespace) -> int:
    print(f"{checkout.root()} at {checkout.commit()}, data in {checkout.domains()}")
    lacking = 0
    for name in checkout.NEEDED:
        paths = checkout.missing(name)
        lacking += bool(paths)
        found = f"lacks {', '.join(path.name for path in paths)}"
        print(f"{name}: {found if paths else f'{len(domain(name).tasks)} tasks'}")
    return int(lacking > 0)


def _replay(args: argparse.Namespace) -> int:
    names = args.domain or DOMAINS
    shown = "" if names == DOMAINS else "".join(f" --domain {name}" for name in names)
    played = [replay(name) for name in names]
    text = PAGE.format(
        command=f"{COMMAND} replay{shown}",
        tau2=version("tau2"),
        commit=checkout.commit(),
        litellm=version("litellm"),
        python=platform.python_version(),
        rows="\n".join(row for _, row in played),
    )
    print(text, end="")
    if args.o:
        args.o.write_text(text, "utf-8")
    return int(any(below for below, _ in played))


def replay(name: str) -> tuple[list[str], str]:
    """Plays the solution of each task of a domain, with the reward of ALL_IGNORE_BASIS.

    Returns the tasks whose reward is below 1, and the domain's row of the page.
    """
    start, replies, below = perf_counter(), 0, []
    recipe = Tau2Recipe(seed=0, salt="", domain=name, session=1, reward="all")
    ids = list(domain(name).tasks)
    for id in ids:
        agent = Solver(solutions(name, [id]), informed=True)
        trace = play(Episode(Tau2Env(recipe.of([id])), Nothing, Budget(turns=1000)), agent)
        replies += sum(isinstance(record, Action) for record in trace.records)
        _, ended = conversations(trace)[0]
        below += [id] * (ended["reward"] != 1)
    figures = (name, len(ids), len(ids) - len(below), replies, round(perf_counter() - start))
    return below, "| ".join(["", *(f"{cell} " for cell in figures), f"{', '.join(below) or '–'} |"])


if __name__ == "__main__":
    sys.exit(main())
