"""Unusual tracks of users play; the error of a broken one is a sentence with the cause."""

import json
from pathlib import Path

import pytest

from memorygym.runs.results import FILE
from tests.slow import mostly_slow
from tests.tracks.shop_example import EXAMPLES, output_of, start

STRANGE = """
from dataclasses import replace
from my_track import FACTS, SHOP, Recipe, ShopEnv
from memorygym.core.outcome import Outcome
from memorygym.scoring.episode_scores import rewarded


def thirds(trace):
    return [Outcome(o.goal, o.score or 0.3, o.reason, o.answer) for o in rewarded(trace)]


def shop(**changed):
    try:
        return replace(SHOP, **changed)
    except Exception as error:
        problem = error

    def failing():
        raise problem

    return failing


class Raises(ShopEnv):
    def step(self, reply):
        raise ValueError("the till is stuck")


class NoStep(ShopEnv):
    def step(self, reply):
        return None


class Numbers(ShopEnv):
    def step(self, reply):
        return replace(super().step(reply), answer=5)


def oracle(task):
    return {**SHOP.oracle(task), 0: ""}


PARTIAL = shop(outcomes=thirds)
LEAVES_EMPTY = shop(oracle=oracle)
ELSEWHERE = shop(oracle=lambda task: {999: "x"})
RAISES, NO_STEP, NUMBERS = shop(env=Raises), shop(env=NoStep), shop(env=Numbers)
NO_TASKS = shop(tasks=lambda options: [])
NO_MEANINGS = shop(parameters={"turns": "12"})
NO_AGENTS = shop(agents={"clerk": 3})
NO_GOLD = shop(gold=3)
NO_AXES = shop(axes="own")
NO_OFFICIAL = shop(official={"turns": 12})
"""
PARAMETERS = ":turns=4"


@pytest.fixture
def strange(tmp_path: Path) -> str:
    """The PYTHONPATH under which the tracks are found."""
    (tmp_path / "strange.py").write_text(STRANGE)
    return f"{tmp_path}:{EXAMPLES}"


def test_a_run_whose_goals_earn_parts_of_a_score_is_valid_and_packed(
    strange: str, tmp_path: Path
) -> None:
    run = str(tmp_path / "run")
    words = ["bench", "--track", f"strange:PARTIAL{PARAMETERS}", "--seeds", "1", "--run", run, "-q"]
    output_of(start(tmp_path, *words, path=strange))
    row = json.loads((tmp_path / "run" / "results.json").read_bytes())["episodes"][-1]
    assert (row["accuracy"], sum(row["right"])) == (0.3, 0)
    packed = output_of(start(tmp_path, "--plug", "strange:PARTIAL", "pack", run, path=strange))
    assert "verified from traces" in packed


@mostly_slow(
    ("name", "wanted"),
    [
        ("RAISES", "failed: ValueError: the till is stuck (strange.py, line "),
        ("NO_STEP", "the track strange:NO_STEP failed: AttributeError: "),
        (
            "NUMBERS",
            "failed: TypeError: a Step's answer is a str or None, its reward finite: Step(",
        ),
        ("NO_TASKS", "the track shop makes no task from the seeds [0]; give other seeds"),
        ("NO_MEANINGS", "`parameters` is {'turns': '12'}; give a Callable[[], Mapping"),
        ("NO_AGENTS", "`agents` is {'clerk': 3}; give a Mapping[str, Agent], as"),
        ("NO_GOLD", "`gold` is 3; give a Callable[[Mapping[str, Any]], Any] | None, as"),
        ("NO_AXES", "`axes` is 'own'; give a tuple[str, ...], as"),
        ("NO_OFFICIAL", "`official` is {'turns': 12}; give a Mapping[str, str], as"),
    ],
    quick=2,
)
@mostly_slow("workers", ["1", "2"], quick=1)
def test_the_error_of_a_broken_track_is_one_sentence(
    name: str, wanted: str, workers: str, strange: str, tmp_path: Path
) -> None:
    seeds = ["--seeds", workers if name != "NO_TASKS" else "1"]
    words = ["bench", "--track", f"strange:{name}", *seeds, "--workers", workers, "-q"]
    process = start(tmp_path, *words, path=strange)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.count("\n")) == (2, 1), err
    assert wanted in err


@mostly_slow(
    ("name", "budget", "wanted"),
    [
        ("LEAVES_EMPTY", 20,
         "a budget of 20 tokens holds no needed fact of this track; give at least"),
        ("ELSEWHERE", 60, "no question counts, because the oracle showed the needed facts of none"),
    ],
    quick=1,
)  # fmt: skip
def test_a_comparison_whose_oracle_shows_nothing_is_refused_in_one_sentence(
    name: str, budget: int, wanted: str, strange: str, tmp_path: Path
) -> None:
    words = f"compare --track strange:{name}{PARAMETERS} --seeds 1 --budget {budget} -q".split()
    process = start(tmp_path, *words, "--memories", "bm25", path=strange)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.count("\n")) == (2, 1) and wanted in err, err


@pytest.mark.slow
def test_status_names_commands_that_plug_the_users_track_in(strange: str, tmp_path: Path) -> None:
    words = f"bench --track strange:PARTIAL{PARAMETERS} --seeds 1 --run run -q".split()
    output_of(start(tmp_path, *words, path=strange))
    (tmp_path / "run" / FILE).unlink()
    next((tmp_path / "run").glob("traces/*")).unlink()
    out = output_of(start(tmp_path, "--plug", "strange:PARTIAL", "status", "run", path=strange))
    assert "memorygym resume run --plug strange:PARTIAL" in out
    assert "explain run --plug strange:PARTIAL" in out
    _, err = start(tmp_path, "status", "run", path=strange).communicate(timeout=60)
    assert "as in --plug my_track:SHOP" in err
