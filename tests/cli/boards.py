"""Results of runs that nobody played, and leaderboards of them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memorygym.reports.evidence import REPORTED, REPRODUCED, Evidence
from memorygym.runs.results.consistency import planned
from memorygym.runs.results.results_file import document, read_results, write_results

from memorygym.core import registry
from memorygym.core.outcome import Score
from memorygym.core.rng import named_rng
from memorygym.core.track import version_of
from memorygym.reports.leaderboard import Leaderboard, leaderboard_of
from memorygym.reports.leaderboard_page import as_markdown
from memorygym.runs.episode_result import EpisodeKey, Failure, Result
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
        place=place, task="0" * 16, version=version_of(place.track), score=score,
        right=flags,
        repaired=0, judged=None, stuck=0, causes={}, precision={}, usage=usage,
    )  # fmt: skip


@dataclass
class Maker:
    """Writes the results of runs whose agents answer about given shares of all questions."""

    folder: Path
    written: list[Path] = field(default_factory=list)

    def __call__(self, shares: dict[str, float], *, failed: int = 0, **recipe: Any) -> str:
        whole: dict[str, Any] = {
            "kind": "bench", "track": "worlds", "templates": registry.names("domains"),
            "seeds": list(range(10)), "parameters": {"tier": "standard"}, "data": None,
            "repeats": 1,
            "salt": None, "models": {}, "memory_model": None, "judge": None,
            "memory": "markdown", "agents": list(shares),
            **dict.fromkeys(Limits.__slots__),
        } | recipe  # fmt: skip
        noise = named_rng("leaderboard", *shares, str(whole["salt"]), whole["memory"])
        outcomes: list[Result | Failure] = [
            result(place, round(shares[place.who] + noise.below(21) / 100 - 0.1, 6))
            for place in planned(whole)
        ]
        for at in range(failed):
            outcomes[at] = Failure(outcomes[at].place, "provider", "gone")
        about = {"version": version_of(whole["track"]), "recipe": whole}
        self.written.append(self.folder / f"{len(self.written)}.json")
        write_results(self.written[-1], document(about, outcomes, {}))
        return str(self.written[-1])


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
        (run, Evidence(read_results(Path(run)), problems)) for run, problems in standings.items()
    )


def page(board: Leaderboard, **prices: Price) -> str:
    """A leaderboard as Markdown."""
    return as_markdown(board, prices, "a test")
