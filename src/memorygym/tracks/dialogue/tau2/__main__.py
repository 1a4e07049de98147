"""Prepares and checks a checkout of tau2-bench: `python -m memorygym.tracks.dialogue.tau2`.

Sessions are played by `memorygym bench` and `memorygym compare` with `--track dialogue/tau2`.

A snapshot of tau2-bench may leave out the largest data files; `repair` makes them from what else
the user has. The database of airline is rebuilt from a checkout of tau-bench, the first version; it
has the same flights, users and reservations, but is not equal to the original byte by byte. The
tasks of telecom are those of an earlier commit of tau2-bench, which are exactly the tasks of
today's split `base`. A file that exists is never changed.
"""

import argparse
import json
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from memorygym.core.episode import Episode, play
from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.core.files import write_atomically
from memorygym.core.trace import Action
from memorygym.core.types import Budget
from memorygym.memories.none import Nothing
from memorygym.tracks.dialogue.tau2 import checkout, conversations
from memorygym.tracks.dialogue.tau2.script import Solver
from memorygym.tracks.dialogue.tau2.session import Tau2Env
from memorygym.tracks.dialogue.tau2.tasks import Tau2Recipe, domain, solutions

COMMAND = "python -m memorygym.tracks.dialogue.tau2"
DOMAINS = [name for name in checkout.NEEDED if name != "mock"]
TELECOM_COMMIT = "37199f3"
"""The commit of tau2-bench that holds the tasks of telecom in a small file."""
V1_DATA = "tau_bench/envs/airline/data"
"""The folder of airline's data in a checkout of tau-bench."""
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
    command = commands.add_parser("repair", help="make the data files that a snapshot lacks")
    place = command.add_mutually_exclusive_group(required=True)
    about = "a data folder to make, a copy of the checkout's with what it lacks"
    place.add_argument("--into", type=Path, metavar="DIR", help=about)
    place.add_argument("--in-checkout", action="store_true", help="write into the checkout")
    about = "a clone of github.com/sierra-research/tau-bench, for the database of airline"
    command.add_argument("--tau-bench", type=Path, metavar="DIR", help=about)
    command.set_defaults(run=_repair)
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
        found = f"lacks {', '.join(p.name for p in paths)}; see `{checkout.REPAIR} --help`"
        print(f"{name}: {found if paths else f'{len(domain(name).tasks)} tasks'}")
    return int(lacking > 0)


def _repair(args: argparse.Namespace) -> int:
    """Prints a line for each file that it made, or could not make. Raises BadSettings if a source
    is missing or of another form."""
    own = checkout.root() / "data"
    folder = args.into.resolve() if args.into else own
    if args.into and not checkout.domains(folder).exists():
        shutil.copytree(own / "tau2", folder / "tau2", dirs_exist_ok=True)
        print(f"{folder}: a copy of {own}; use it with {checkout.DATA}={folder}")
    for path in (path for name in checkout.NEEDED for path in checkout.missing(name, folder)):
        match path.parent.name, path.name:
            case "airline", "db.json":
                made: Any = airline_database(args.tau_bench)
            case "telecom", "tasks.json":
                made = telecom_tasks(path.with_name("split_tasks.json"))
            case _:
                print(f"{path}: missing, and it can only be restored from git")
                continue
        write_atomically(path, [json.dumps(made, indent=1).encode()])
        print(f"{path}: made")
    return 0


def airline_database(tau_bench: Path | None) -> dict[str, Any]:
    """The database of airline. Raises BadSettings without a checkout of tau-bench."""
    if not tau_bench or not (tau_bench / V1_DATA).is_dir():
        raise BadSettings(
            f"airline/db.json: --tau-bench {tau_bench or ''} holds no {V1_DATA}; give the folder of"
            " a clone of github.com/sierra-research/tau-bench, from which it is rebuilt"
        )
    names = ("flights", "users", "reservations")
    database = {
        name: json.loads((tau_bench / V1_DATA / f"{name}.json").read_text()) for name in names
    }
    for id, user in database["users"].items():
        user.setdefault("user_id", id)
    return database


def telecom_tasks(split: Path) -> list[Any]:
    """The tasks of telecom's split `base`. Raises BadSettings if git does not have them."""
    path = f"{TELECOM_COMMIT}:data/tau2/domains/telecom/tasks.json"
    command = ["git", "-C", str(checkout.root()), "show", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BadSettings(
            f"telecom/tasks.json: `{' '.join(command)}` failed ({done.stderr.strip()[:200]}); clone"
            " tau2-bench with its history"
        )
    tasks = json.loads(done.stdout)
    base = json.loads(split.read_text())["base"]
    if {task["id"] for task in tasks} != set(base):
        raise BadSettings(
            f"telecom/tasks.json: the {len(tasks)} tasks of {TELECOM_COMMIT} are not the"
            f" {len(base)} of the split `base`: this checkout is of another version"
        )
    return list(tasks)


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
