"""`memorygym leaderboard`: what is ranked with what, and what only stands beside."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from memorygym import registry
from memorygym.agents.accounting import Usage
from memorygym.bench import Job, perform
from memorygym.contract import contract
from memorygym.publishing.packs import write_pack
from memorygym.results.file import document, write_results
from memorygym.rng import rng
from memorygym.runner import Failure, Result, Settings
from memorygym.scoring import WEIGHTS, Score
from memorygym.worlds.dealing.tiers import Sizes

SALT = "0123456789abcdef" * 4
Make = Callable[..., str]


def result(settings: Settings, agent: str, share: float) -> Result:
    """An episode in which that share of ten questions was answered."""
    right = round(10 * share)
    score = Score(
        share, dict.fromkeys(WEIGHTS, share), None, right / 10, right, 10, 5, 99,
        {"retrieval": (right, 10)},
    )  # fmt: skip
    usage = {"ingest": Usage(9, 900, 100, 0), "query": Usage(3, 300, 30, None)}
    flags = tuple(i < right for i in range(10))
    return Result(settings, agent, "0" * 16, contract(), score, flags, 0, None, {}, {}, usage)


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """Writes the results of a run whose agents answer about these shares of all questions."""
    written: list[Path] = []

    def make(shares: dict[str, float], *, failed: int = 0, **recipe: Any) -> str:
        whole: dict[str, Any] = {
            "track": "worlds", "templates": registry.names("worlds"), "seeds": list(range(10)),
            "tier": "standard", "memory": "markdown", "agents": list(shares),
            "sizes": dict.fromkeys(Sizes.__slots__), "turns": None, "repeats": 1, "salt": None,
            "model": None, "judge": None,
        } | recipe  # fmt: skip
        noise = rng("leaderboard", *shares, str(whole["salt"]), whole["memory"])
        places = product(whole["templates"], whole["seeds"], shares)
        outcomes: list[Result | Failure] = [
            result(
                Settings(template, seed, whole["tier"], memory=whole["memory"]),
                agent,
                round(shares[agent] + noise.below(21) / 100 - 0.1, 6),
            )
            for template, seed, agent in places
        ]
        for at in range(failed):
            lost = outcomes[at]
            assert isinstance(lost, Result)
            outcomes[at] = Failure(lost.settings, lost.agent, "provider", "gone")
        about = {"contract": contract(), "recipe": whole}
        written.append(tmp_path / f"{len(written)}.json")
        write_results(written[-1], document(about, len(outcomes), outcomes, {}))
        return str(written[-1])

    return make


def model(**options: object) -> dict[str, object]:
    """How a model was asked, as a recipe tells it."""
    return {"name": "org/m", "tool_mode": "auto", "reasoning": "left out", **options}


def section(out: str, title: str) -> list[list[str]]:
    """The rows of the table below a heading."""
    below = out.split(f"## {title}\n", 1)[1].split("\n## ", maxsplit=1)[0]
    rows = [re.split(r" (?<!\\)\| ", line[2:-2]) for line in below.splitlines() if line[:2] == "| "]
    return rows[2:]


PUBLIC = "standard tier, public seeds"


def test_those_that_cannot_be_told_apart_share_a_rank(made: Make, command) -> None:
    status, out, err = command("leaderboard", made({"x:best": 0.8, "x:a": 0.5, "x:b": 0.5}))
    ranks = {row[1]: row[0] for row in section(out, PUBLIC)}
    assert (status, err) == (0, "") and ranks == {"x:best": "1", "x:a": "2", "x:b": "2"}
    assert "Two agents on these worlds must differ by" in out and "100 worlds" in out


def test_the_same_agent_with_two_memories_is_two_entrants(made: Make, command) -> None:
    runs = [made({"x:a": 0.5}, memory=memory) for memory in ("markdown", "chromadb")]
    rows = section(command("leaderboard", *runs).out, PUBLIC)
    assert {(row[1], row[2]) for row in rows} == {("x:a", "markdown"), ("x:a", "chromadb")}


APART = {
    "1 of 10 templates": {"templates": ["company"]},
    "not the seeds 0 to 9": {"seeds": [0, 1]},
    "entities, turns not as in the tier": {
        "sizes": {**dict.fromkeys(Sizes.__slots__), "entities": 9}, "turns": 3,
    },
    "2 of 100 episodes failed": {"failed": 2},
}  # fmt: skip


@pytest.mark.parametrize("why", APART)
def test_less_than_the_whole_set_has_no_rank(why: str, made: Make, command) -> None:
    out = command("leaderboard", made({"x:a": 0.9}, **APART[why]), made({"x:b": 0.5})).out
    assert [row[1] for row in section(out, PUBLIC)] == ["x:b"]
    ((agent, *_, reason),) = section(out, "Not ranked")
    assert (agent, reason) == ("x:a", why)


@pytest.mark.parametrize(
    ("recipe", "title"),
    [
        ({"tier": "hard"}, "hard tier, public seeds"),
        ({"salt": SALT}, f"standard tier, sealed by salt {SALT[:12]}…"),
        ({"judge": {"models": []}}, f"{PUBLIC}, judged"),
    ],
)
def test_what_was_measured_otherwise_has_its_own_table(
    recipe: dict[str, Any], title: str, made: Make, command
) -> None:
    out = command("leaderboard", made({"x:a": 0.9}, **recipe), made({"x:b": 0.5})).out
    assert [row[:2] for row in section(out, title)] == [["1", "x:a"]]
    assert [row[:2] for row in section(out, PUBLIC)] == [["1", "x:b"]]


def test_another_contract_is_never_ranked(made: Make, command) -> None:
    old = Path(made({"x:a": 0.9}))
    old.write_text(old.read_text().replace(contract(), "worlds-v1@00000000"))
    out = command("leaderboard", str(old), made({"x:b": 0.5})).out
    assert [row[1] for row in section(out, PUBLIC)] == ["x:b"]
    rows = section(out, "Contract worlds-v1@00000000, not compared with the above")
    assert [row[1] for row in rows] == ["x:a"]


def test_the_gap_between_public_and_sealed_worlds_is_told(made: Make, command) -> None:
    runs = [made({"x:a": 0.8}), made({"x:a": 0.5}, salt=SALT), made({"x:b": 0.3}, salt=SALT)]
    out = " ".join(command("leaderboard", *runs).out.split())
    gap = re.search(r"- x:a with markdown, standard tier: \+(\d+\.\d) \(\+.* points, unpaired", out)
    assert gap and 28 < float(gap[1]) < 32 and "- x:b" not in out


def test_an_entrant_with_two_different_scores_is_refused(made: Make, command) -> None:
    one, other = made({"x:a": 0.5}), made({"x:a": 0.6})
    status, out, err = command("leaderboard", one, other)
    assert (status, out) == (2, "") and one in err and other in err and "x:a with markdown" in err


def test_an_entrant_that_came_twice_is_counted_once(made: Make, command) -> None:
    one, other = made({"x:a": 0.5}), made({"x:a": 0.5})
    status, out, _ = command("leaderboard", one, other, one)
    assert status == 0 and len(section(out, PUBLIC)) == 1
    assert f"{other} repeats {one}: x:a is counted once" in " ".join(out.split())


def test_a_model_that_was_asked_in_two_ways_is_two_entrants(made: Make, command) -> None:
    runs = [made({"org/m": 0.5}, model=model(temperature=t)) for t in (0.0, 1.0)]
    names = {row[1] for row in section(command("leaderboard", *runs).out, PUBLIC)[:2]}
    assert names == {"org/m (temperature 0.0)", "org/m (temperature 1.0)"}


def test_an_adversary_stands_apart_beside_its_bound(made: Make, command) -> None:
    out = command("leaderboard", made({"strategic": 0.5, "hedger": 0.5, "packer": 0.4})).out
    assert [row[1] for row in section(out.split("### ")[0], PUBLIC)] == ["strategic"]
    rows = {row[0]: row[3:6] for row in section(out.replace("### ", "## "), "Adversaries")}
    assert rows["packer"][0] == "composite" and rows["packer"][2] == "51"
    assert rows["hedger"][0] == "gain over strategic" and rows["hedger"][2] == "1"


def test_scripted_agents_are_references_and_who_sees_the_truth_has_no_rank(
    made: Make, command
) -> None:
    shares = {"smart_guesser": 0.1, "clairvoyant": 0.9, "perfect": 0.9, "template_expert": 0.6}
    out = command("leaderboard", made(shares)).out
    assert {row[1] for row in section(out, PUBLIC)} == {"smart_guesser", "template_expert"}
    text = " ".join(out.split())
    for told in ("floor, markdown: `smart_guesser`", "ceiling, markdown: `clairvoyant`"):
        assert told in text


def test_what_a_model_cost_is_unknown_without_a_price(made: Make, command, tmp_path: Path) -> None:
    run = made({"org/m": 0.5}, model=model())
    assert section(command("leaderboard", run).out, PUBLIC)[-1] == [
        "org/m", "markdown", "1", "1,000", "330", "0", "unknown",
    ]  # fmt: skip
    (tmp_path / "prices").write_text('{"org/m": {"prompt": 10, "completion": 100}}')
    out = command("leaderboard", run, "--prices", str(tmp_path / "prices")).out
    assert section(out, PUBLIC)[-1][-1] == "2.50"


@pytest.mark.parametrize("form", ["md", "csv", "json"])
def test_the_same_runs_give_the_same_bytes_in_any_order(
    form: str, made: Make, command, tmp_path: Path
) -> None:
    runs = [
        made({"x:a": 0.5, "naive": 0.2}), made({"x:b": 0.5}), made({"x:c": 0.4}, tier="hard"),
        made({"x:a": 0.5}, salt=SALT), made({"x:d": 0.5}, seeds=[3]), made({"packer": 0.1}),
    ]  # fmt: skip
    orders: Sequence[list[str]] = (runs, runs[::-1], sorted(runs, key=lambda run: run[-6:]))
    written = set()
    for order in orders:
        path = tmp_path / "out"
        assert command("leaderboard", *order, "--format", form, "-o", str(path)).out == ""
        written.add(path.read_bytes())
    assert len(written) == 1 and written.pop().endswith(b"\n")


def test_csv_and_json_hold_everyone(made: Make, command) -> None:
    runs = [made({"x:a": 0.5, "packer": 0.1}), made({"x:d": 0.5}, seeds=[3])]
    rows = list(csv.DictReader(io.StringIO(command("leaderboard", *runs, "--format", "csv").out)))
    found = json.loads(command("leaderboard", *runs, "--format", "json").out)["rows"]
    assert [row["agent"] for row in rows] == [row["agent"] for row in found]
    assert {row["agent"]: row["rank"] for row in found} == {"x:a": 1, "packer": None, "x:d": None}
    assert all(len(row) == len(found[0]) for row in found)


def test_results_that_contradict_themselves_have_no_rank(made: Make, command) -> None:
    run = Path(made({"x:a": 0.5}))
    run.write_text(run.read_text().replace('"mean": 0.', '"mean": 0.9', 1))
    status, out, _ = command("leaderboard", str(run))
    why = section(out, "Not ranked")[0][-1]
    assert status == 1 and why.startswith(f"a check of {run} failed: results.summary")


def test_a_name_cannot_break_the_page(made: Make, command) -> None:
    out = command("leaderboard", made({"a|b\n# <c>`": 0.5}, model=model())).out
    assert "| a\\|b # \\<c\\>\\` |" in out and "\n# <c>" not in out


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run, whose results, traces and pack can be given."""
    folder = tmp_path_factory.mktemp("played") / "run"
    perform(Job([Settings("company", 0, "lite")], ("naive",), folder))
    write_pack(folder, folder.with_name("run.tar.gz"))
    return folder


@pytest.mark.parametrize(
    ("given", "check", "status"),
    [
        ("run", "none", "self-reported"),
        ("run", "traces", "verified from traces"),
        ("run", "play", "reproduced"),
        ("run.tar.gz", "play", "reproduced"),
        ("run/results.json", "play", "self-reported"),
    ],
)
def test_a_run_has_the_status_that_its_files_show(
    given: str, check: str, status: str, played: Path, command
) -> None:
    out = command("leaderboard", str(played.parent / given), "--check", check).out
    assert section(out, "Not ranked")[0][5] == status


def test_prose_fits_the_screen(made: Make, command) -> None:
    out = command("leaderboard", made({"x:a": 0.5}), made({"x:b": 0.4}, salt=SALT)).out
    prose = [line for line in out.splitlines() if line[:1] not in ("|", "<")]
    assert all(len(line) <= 80 for line in prose)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--format", "xml"], "choose from"),
        (["--check", "all"], "choose from"),
        (["--workers", "0"], "0 workers: give at least 1"),
        (["-o", "/nowhere/x.md"], "there is no folder /nowhere"),
    ],
)
def test_bad_usage_says_what_would_do(words: list[str], told: str, played: Path, command) -> None:
    status, _, err = command("leaderboard", str(played), *words)
    assert status == 2 and told in err
