"""The example of a track plays under every command, plugged in by file and by entry point."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memorygym import cli
from memorygym.agents.calls import END
from memorygym.core.episode import Episode
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions, Track
from memorygym.core.types import Step, Task
from memorygym.memories.full import FullContext
from memorygym.runs.metrics import measure
from memorygym.testing import check_track
from tests.servers.openai import serving
from tests.tracks.shop_example import EXAMPLES, ROOT, SHOP, clerk, known, output_of, plug, start

COMPARE = ["--memories", "bm25,recency,markdown", "--track", f"{SHOP}:turns=4", "-q"]


@pytest.fixture
def shop() -> Iterator[Track]:
    """The track, which this process knows for one test."""
    with known() as track:
        yield track


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished comparison of two tasks; no test alters it."""
    folder = tmp_path_factory.mktemp("shop") / "duel"
    words = ["--seeds", "2", "--budget", "120", "--curve", "hops", "-o", str(folder)]
    output_of(start(EXAMPLES, "compare", *COMPARE, *words))
    return folder


def generated(shop: Track, seed: int = 0, **parameters: str) -> Task:
    (recipe,) = shop.tasks(TaskOptions(range(seed, seed + 1), "", parameters))
    return recipe.generate()


def means(folder: Path) -> dict[str, float]:
    """Accuracy by system."""
    (report,) = json.loads((folder / "compare.json").read_bytes())["reports"]
    return {row["system"]: row["figures"]["accuracy"]["mean"] for row in report["rows"]}


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The output of a command, which must succeed."""
    status = cli.main(words)
    out, err = capsys.readouterr()
    assert status == 0, out + err
    return out


def test_the_example_is_short_and_keeps_every_rule(shop: Track) -> None:
    assert len((EXAMPLES / "my_track.py").read_text().splitlines()) <= 125
    assert check_track(shop, seeds=5) == []


def test_an_unknown_parameter_is_named(shop: Track) -> None:
    with pytest.raises(UnknownPart, match=r"turn.*turns"):
        generated(shop, turn="4")
    with pytest.raises(BadSettings, match=r"turns=few"):
        generated(shop, turns="few")


def test_the_accuracy_of_a_memory_follows_what_it_remembers(compared: Path) -> None:
    accuracies = means(compared)
    assert (accuracies["oracle"], accuracies["full"], accuracies["none"]) == (1, 1, 0)
    assert accuracies["recency"] < accuracies["bm25"] < 1
    assert "markdown+writer" in accuracies and "held:bm25" in accuracies


def test_a_comparison_states_where_facts_are_lost_and_how_many_lookups_it_takes(
    compared: Path,
) -> None:
    with (compared / "hops.csv").open(newline="") as file:
        assert {row["bin"] for row in csv.DictReader(file)} == {"1", "2"}
    with (compared / "questions.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["system"] == "bm25"]
    assert {(row["kind"], row["needs"]) for row in rows} == {("own", "3"), ("friend", "4")}
    assert all(int(row["length"]) >= int(row["span"]) > 0 for row in rows)


def test_a_run_of_scripted_agents_is_scored_and_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shop: Track
) -> None:
    run = str(tmp_path / "run")
    out = said(capsys, "bench", "--track", SHOP, "--seeds", "2", "--run", run)
    assert all(name in out for name in ("strong", "weak", "silent", "shop-v1"))
    assert "never written" in said(capsys, "explain", run)
    assert "s friend." in said(capsys, "explain", run)


@pytest.mark.parametrize("command", ["score", "status"])
def test_commands_read_the_folder_of_a_comparison(
    command: str, compared: Path, capsys: pytest.CaptureFixture[str], shop: Track
) -> None:
    assert "bm25" in said(capsys, command, str(compared))


def test_the_history_of_a_fact_needs_the_track_plugged_in(compared: Path) -> None:
    words = ["explain", str(compared), "shop+0+strong+bm25+120#3"]
    out = output_of(start(EXAMPLES, "--plug", SHOP, *words))
    assert "observed" in out and "stored" in out
    assert "LOST: the memory showed" in out


def test_a_folder_of_a_track_that_is_not_plugged_in_loads_no_code(compared: Path) -> None:
    process = start(EXAMPLES, "explain", str(compared))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2 and "'shop'" in err and "friend" not in out


@pytest.mark.slow
def test_the_track_is_played_as_an_installed_package(tmp_path: Path) -> None:
    path, run = plug(tmp_path / "site"), str(tmp_path / "run")
    out = output_of(
        start(tmp_path, "bench", "--track", "shop:turns=3", "--seed", "1", "--run", run, path=path)
    )
    assert "shop track" in out or "shop-v1" in out
    assert "s friend." in output_of(start(tmp_path, "explain", run, path=path))
    assert "shop" in output_of(start(tmp_path, "list", "tracks", path=path))


def test_a_model_plays_the_track(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shop: Track
) -> None:
    with serving(clerk=clerk) as server:
        asked = ["--track", SHOP, "--seed", "0", "--model", "clerk", "--api-base", server.url]
        results = tmp_path / "results.json"
        said(capsys, "bench", *asked, "--backend", "bm25", "-o", str(results))
        (row,) = json.loads(results.read_bytes())["episodes"]
    # A search for the words of the request finds no wish: those two requests are one reply each.
    assert row["composite"] == 0.5 and row["usage"]["query"]["calls"] == 6


def test_an_episode_that_ends_before_a_goal_is_due_is_measured(shop: Track) -> None:
    class Closing(type(shop.env(generated(shop)))):  # type: ignore[misc]
        """Closes before the last request."""

        def step(self, reply: Any) -> Step:
            step: Step = super().step(reply)
            last = self.turn == len(self.state["script"]) - 1
            return Step(done=True, evict=True) if last else step

    task = generated(shop)
    episode = Episode(Closing(task), FullContext)
    while not episode.done:
        episode.view()
        episode.step(END)
    trace = episode.trace
    trace.gold = task.gold
    trace.labels |= {"agent": "strong", "memory": "full", "budget": None}
    assert [case.score for case in measure(trace).cases] == [0, 0, 0, 0]


@pytest.mark.inspect
def test_inspect_plays_the_track_as_an_installed_package(tmp_path: Path) -> None:
    path = plug(tmp_path / "site")
    code = (
        "import sys; from inspect_ai import eval\n"
        "(log,) = eval('memorygym/shop', model='memorygym/strong', task_args={'seeds': 1},"
        f" display='none', log_dir={str(tmp_path / 'logs')!r})\n"
        "print(log.status, log.error); sys.exit(log.status != 'success')"
    )
    paths = os.pathsep.join([path, str(ROOT / "src")])
    subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=tmp_path, timeout=300,
        env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip


@pytest.mark.parametrize("words", ["status", "score", "explain", "pack"])
def test_a_run_of_an_unknown_track_is_refused_in_one_sentence(
    words: str, compared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([words, str(compared)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "of the track 'shop', which is not installed" in err
    assert "--plug my_track:SHOP" in err
