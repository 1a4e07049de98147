"""Checks a checkout of WebArena-Infinity and replays recorded actions in it.

`python -m memorygym.tracks.web.webarena_infinity`. Sessions are played by `memorygym bench` and
`memorygym compare` with `--track web/webarena_infinity`.
"""

import argparse
import gzip
import json
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from memorygym.agents.reasoner_agent import Silent
from memorygym.core.episode import Episode
from memorygym.core.errors import MemoryGymError
from memorygym.core.trace import read_trace
from memorygym.core.types import Policy
from memorygym.memories.none import Nothing
from memorygym.tracks.web.chromium import Chromium
from memorygym.tracks.web.webarena_infinity import checkout, ended, strong
from memorygym.tracks.web.webarena_infinity.recordings import recorded_actions
from memorygym.tracks.web.webarena_infinity.session import WebArenaEnv
from memorygym.tracks.web.webarena_infinity.tasks import WebArenaRecipe

COMMAND = "python -m memorygym.tracks.web.webarena_infinity"
PAGE = """\
# WebArena-Infinity: replay of recorded actions

Written by `{command}`.
WebArena-Infinity at commit {commit}, Chromium {chromium}, Playwright {playwright}, Python {python}.
Each task is played through an episode, by an agent that repeats the actions of `recordings.json` in
Chromium, and judged by the task's own verifier. `idle` is the reward of an agent that does nothing.
Seconds are those of the replay, from the start of server and browser to the verdict; {ms:.0f} ms is
the mean of a step (an action, and the page after it). Requests to other servers, which are blocked:
{blocked}.

| application | task | steps | seconds | reward | idle |
|---|---|---|---|---|---|
{rows}
"""


def main(words: list[str] | None = None) -> int:
    """Returns 0, 1 if a reward is not as it should be, or 2 for a wrong set-up."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("check", help="say which applications can be played")
    command.set_defaults(run=_check)
    command = commands.add_parser("replay", help="play the recorded actions of every task")
    command.add_argument("--app", action="append", metavar="NAME")
    command.add_argument("-o", type=Path, metavar="FILE", help="also write the page there")
    command.set_defaults(run=_replay)
    command = commands.add_parser("record", help="print the actions of a run's rewarded errands")
    command.add_argument("folder", type=Path, metavar="RUN")
    command.set_defaults(run=_record)
    args = parser.parse_args(words)
    try:
        return int(args.run(args))
    except (MemoryGymError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2


def _check(_: argparse.Namespace) -> int:
    folder = checkout.root()
    print(f"{folder} at {checkout.commit()}, Chromium {_chromium()}")
    for app in checkout.apps():
        tasks, recorded = len(checkout.errands(folder, app)), len(recorded_actions(app))
        print(f"{app}: {tasks} tasks, {recorded} recorded")
    return 0


def _chromium() -> str:
    browser = Chromium("http://127.0.0.1")
    try:
        return browser.version
    finally:
        browser.close()


def _replay(args: argparse.Namespace) -> int:
    played = [row for app in args.app or checkout.apps() for row in replay(app)]
    steps = sum(row["steps"] for row in played)
    columns = ("app", "task", "steps", "seconds", "reward", "idle")
    text = PAGE.format(
        command=" ".join((COMMAND, "replay", *(f"--app {app}" for app in args.app or ()))),
        commit=checkout.commit(),
        chromium=_chromium(),
        playwright=version("playwright"),
        python=platform.python_version(),
        ms=sum(row["acting"] for row in played) / max(steps, 1) * 1000,
        blocked=sum(row["blocked"] for row in played),
        rows="\n".join(
            "| " + " | ".join(f"{row[name]:.3g}" if name == "seconds" else str(row[name]) for name in columns) + " |"
            for row in played
        ),
    )
    print(text, end="")
    if args.o:
        args.o.write_text(text, "utf-8")
    return int(any(row["reward"] != 1 or row["idle"] for row in played))


def replay(app: str) -> Iterator[dict[str, Any]]:
    """Plays each recorded task of an application, and an idle agent on it."""
    for id, actions in recorded_actions(app).items():
        recipe = WebArenaRecipe(0, "", app=app, told="now")
        task = recipe.of([id])
        start = perf_counter()
        end, acting = _ended(recipe, id, strong(task))
        seconds = perf_counter() - start
        idle, _ = _ended(recipe, id, Silent())
        yield {
            "app": app,
            "task": id,
            "steps": len(actions),
            "seconds": seconds,
            "acting": acting,
            "reward": end["reward"],
            "idle": idle["reward"],
            "blocked": end["blocked"],
        }


def _ended(recipe: WebArenaRecipe, id: str, policy: Policy) -> tuple[dict[str, Any], float]:
    """How an errand ended, and the seconds that its steps took."""
    episode = Episode(WebArenaEnv(recipe.of([id])), Nothing)
    acting = 0.0
    while not episode.done:
        reply = policy.act(episode.view(), episode.tools)
        start = perf_counter()
        before = episode.event
        episode.step(reply)
        acting += (perf_counter() - start) * (episode.event == before)
    return ended(episode.trace)[0], acting


def _record(args: argparse.Namespace) -> int:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(args.folder.glob("traces/*.gz")):
        trace, _ = read_trace(gzip.open(path, "rt", encoding="utf-8"), path.name)
        recipe: Any = trace.recipe
        for errand, end in ended(trace).items():
            if end["reward"] == 1:
                found.setdefault(recipe["app"], {})[recipe["tasks"][errand]] = end["actions"]
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return int(not found)


if __name__ == "__main__":
    sys.exit(main())
