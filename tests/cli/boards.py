"""Results of runs that nobody played, and leaderboards of them."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memorygym.core import registry
from memorygym.core.files import write_atomically
from memorygym.core.outcome import Score
from memorygym.core.rng import named_rng
from memorygym.core.track import version_of
from memorygym.reports.checks import REPORTED, REPRODUCED, Evidence
from memorygym.reports.leaderboard import Leaderboard, leaderboard_of
from memorygym.reports.leaderboard_page import as_markdown
from memorygym.runs.episode_result import EpisodeKey, Failure, Result
from memorygym.runs.results import FILE, RunResults, load, measurement_lines, plan_of
from memorygym.runs.store import FORMAT
from memorygym.runs.tasks import Limits
from memorygym.scoring.usage import Price, Usage
from memorygym.tracks.worlds.axes import WEIGHTS

Make = Callable[..., str]
SALT = "0123456789abcdef" * 4
PUBLIC = "standard tier, public seeds"


def result(place: EpisodeKey, share: float) -> Result:
    """An episode in which that share of a hundred questions was answered."""
    right = round(100 * share)
    axes = {**dict.fromkeys(WEIGHTS), "breadth": share, "efficiency": share}
    score = Score(
        share, axes, None, share, right, 100, 5, 99, {"retrieval": (right, 100)},
    )  # fmt: skip
    usage = {"ingest": Usage(9, 900, 100, 0), "query": Usage(3, 300, 30, None)}
    flags = tuple(i < right for i in range(100))
    return Result(
        place=place, task="0" * 16, score=score, right=flags, repaired=0,
        judged=None, stuck=0, causes={}, precision={}, usage=usage,
    )  # fmt: skip


@dataclass
class Maker:
    """Writes runs without traces whose agents answer about given shares of all questions."""

    folder: Path
    written: list[Path] = field(default_factory=list)

    def __call__(
        self, shares: dict[str, float], *, failed: int = 0, version: str = "", **recipe: Any
    ) -> str:
        whole: dict[str, Any] = {
            "kind": "bench", "track": "worlds", "templates": registry.names("templates"),
            "seeds": list(range(10)), "parameters": {"tier": "standard"}, "data": None,
            "repeats": 1,
            "salt": None, "models": {}, "memory_model": None, "judge": None,
            "memory": "markdown", "agents": list(shares),
            **dict.fromkeys(Limits.__slots__),
        } | recipe  # fmt: skip
        noise = named_rng("leaderboard", *shares, str(whole["salt"]), whole["memory"])
        episodes: list[Result | Failure] = [
            result(place, round(shares[place.who] + noise.below(21) / 100 - 0.1, 6))
            for place in plan_of(self.folder, {"recipe": whole})
        ]
        for at in range(failed):
            episodes[at] = Failure(episodes[at].place, "provider", "gone")
        about = {"version": version or version_of(whole["track"]), "recipe": whole}
        run = self.folder / str(len(self.written))
        run.mkdir()
        (run / "run.json").write_text(json.dumps({"format": FORMAT, **about}))
        write_atomically(run / FILE, measurement_lines(RunResults(about, episodes)))
        self.written.append(run)
        return str(run)


def model(**options: object) -> dict[str, object]:
    """The options of a model, as a recipe states them."""
    return {"name": "org/m", "tool_mode": "auto", "reasoning": "left out", **options}


def section(out: str, title: str) -> list[list[str]]:
    """The rows of the table below a heading."""
    below = out.split(f"## {title}\n", 1)[1].split("\n## ", maxsplit=1)[0]
    rows = [re.split(r" (?<!\\)\| ", line[2:-2]) for line in below.splitlines() if line[:2] == "| "]
    return rows[2:]


def shown(*runs: str, standing: str = REPRODUCED, reported: Sequence[str] = ()) -> Leaderboard:
    """The leaderboard of runs with these standings, and of self-reported runs."""
    standings = dict.fromkeys(reported, REPORTED) | dict.fromkeys(runs, standing)
    return leaderboard_of(
        (run, Evidence(load(Path(run)), standing)) for run, standing in standings.items()
    )


def page(board: Leaderboard, **prices: Price) -> str:
    """A leaderboard as Markdown."""
    return as_markdown(board, prices, "a test")
