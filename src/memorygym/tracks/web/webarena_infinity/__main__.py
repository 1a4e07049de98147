"""Replays recorded actions in a checkout: `python -m memorygym.tracks.web.webarena_infinity`.

Sessions are played by `memorygym bench` and `compare` with `--track web/webarena_infinity`.
"""

import argparse
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
from memorygym.core.types import Policy, Task
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
Seconds are those of the replay, from the start of server and browser to the verdict. A step (an
action, and the page after it) takes {ms:.0f} ms in the median. Requests to other servers, which are
blocked: {blocked}.

| application | task | steps | seconds | reward | idle |
|---|---|---|---|---|---|
{rows}
"""


def main(words: list[str] | None = None) -> int:
    """Returns 0, 1 if a reward is not as it should be, or 2 for a wrong set-up."""
    about = "Plays the recorded actions of every task, in all applications or in those of --app."
    parser = argparse.ArgumentParser(prog=COMMAND, description=about)
    parser.add_argument("--app", action="append", default=[], metavar="NAME")
    parser.add_argument("-o", type=Path, metavar="FILE", help="also write the page there")
    args = parser.parse_args(words)
    try:
        played = [row for app in args.app or checkout.apps() for row in replay(app)]
        text = _page(" ".join((COMMAND, *(f"--app {app}" for app in args.app))), played)
    except (MemoryGymError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    print(text, end="")
    if args.o:
        args.o.write_text(text, "utf-8")
    return int(any(row["reward"] != 1 or row["idle"] for row in played))


def replay(app: str) -> Iterator[dict[str, Any]]:
    """Plays each recorded task of an application, and an idle agent on it."""
    checkout.errands(app)
    for id in recorded_actions(app):
        task = WebArenaRecipe(0, "", app=app, tasks=id, told="now").generate()
        start = perf_counter()
        end, steps = _played(task, strong(task))
        seconds = perf_counter() - start
        idle, _ = _played(task, Silent())
        yield {"app": app, "task": id, "steps": steps, "seconds": seconds, **end} | {
            "idle": idle["reward"]
        }


def _played(task: Task, policy: Policy) -> tuple[dict[str, Any], list[float]]:
    """How the errand of a task ended, and the seconds of each step."""
    episode, steps = Episode(WebArenaEnv(task), Nothing), list[float]()
    while not episode.done:
        reply, start = policy.act(episode.view(), episode.tools), perf_counter()
        episode.step(reply)
        steps.append(perf_counter() - start)
    return ended(episode.trace)[0], steps[:-1]


def _page(command: str, played: list[dict[str, Any]]) -> str:
    steps = sorted(second for row in played for second in row["steps"]) or [0.0]
    browser = Chromium("http://127.0.0.1")
    browser.close()
    return PAGE.format(
        command=command,
        commit=checkout.commit(),
        chromium=browser.version,
        playwright=version("playwright"),
        python=platform.python_version(),
        ms=steps[len(steps) // 2] * 1000,
        blocked=sum(row["blocked"] for row in played),
        rows="\n".join(
            f"| {row['app']} | {row['task']} | {len(row['steps'])} | {row['seconds']:.1f} |"
            f" {row['reward']:g} | {row['idle']:g} |"
            for row in played
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
