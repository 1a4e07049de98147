"""A comparison of memories: shown, packed and ranked as a run of agents is."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.cli.status import command_of
from memorygym.core.files import json_bytes
from memorygym.core.types import Message
from memorygym.models.scripted import Scripted
from memorygym.reports.comparison_report import outcome_of, perform, write_files
from memorygym.reports.evidence import REPRODUCED, VERIFIED, examine
from memorygym.reports.leaderboard import sampler
from memorygym.reports.leaderboard_page import as_markdown
from memorygym.reports.leaderboard_rows import flat_rows
from memorygym.reports.packs import opened, write_pack
from memorygym.runs.comparison.memory_specs import plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import played_checks
from memorygym.runs.comparison.system_specs import ComparisonLimits
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results.results_file import document, keep
from tests.cli.boards import section
from tests.datasets import published
from tests.episodes import worlds
from tests.slow import mostly_slow

TASKS = ["--tier", "lite", "--template", "company", "--seeds", "2", "-q"]


@pytest.fixture(scope="module")
def duel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a comparison of two memories on three tasks, with a curve."""
    folder = tmp_path_factory.mktemp("compared") / "duel"
    words = ["--memories", "bm25,markdown", "--curve", "hops", "-o", str(folder)]
    assert main(["compare", *words, *TASKS]) == 0
    return folder


@pytest.fixture
def altered(duel: Path, tmp_path: Path) -> Path:
    """A copy that may be altered."""
    return Path(shutil.copytree(duel, tmp_path / "copy"))


@mostly_slow(("check", "standing"), [("traces", VERIFIED), ("play", REPRODUCED)], quick=1)
def test_a_comparison_is_shown_from_its_traces_and_by_playing(
    check: str, standing: str, duel: Path
) -> None:
    found = examine(duel, check)
    assert (found.standing, found.problems, found.limits) == (standing, (), ())


@pytest.mark.slow
def test_memories_that_are_not_named_in_alphabetical_order_are_shown_as_well(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "duel"
    words = ["--memories", "recency,markdown,bm25", "--budget", "200,400", "-o", str(folder)]
    tasks = ["--tier", "lite", "--template", "company", "--seeds", "1", "-q"]
    assert main(["compare", *words, *tasks]) == 0
    found = examine(folder, "traces")
    assert (found.standing, found.problems, found.limits) == (VERIFIED, (), ())
    (folder / "results.json").unlink()
    recipe = json.loads((folder / "run.json").read_bytes())["recipe"]
    again = command_of(recipe, folder)
    assert again[again.index("--memories") + 1] == "markdown,bm25"
    assert main([*again[1:], "-q"]) == 0


def test_templates_that_were_not_played_are_named(altered: Path) -> None:
    for name in ("run.json", "results.json"):
        found = json.loads((altered / name).read_bytes())
        found["recipe"]["templates"] = ["company", "hospital"]
        (altered / name).write_bytes(json_bytes(found))
    found = examine(altered, "traces")
    assert found.standing != VERIFIED and "recipe.templates" in found.limits[0]


def better(folder: Path) -> None:
    found = json.loads((folder / "compare.json").read_bytes())
    row = next(row for row in found["reports"][0]["rows"] if row["system"] == "bm25")
    row["figures"]["accuracy"]["mean"] = 0.99
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / "compare.json").write_text(text + "\n")


def other_digit(name: str) -> Callable[[Path], None]:
    def alter(folder: Path) -> None:
        text = (folder / name).read_text()
        (folder / name).write_text(text.replace("1", "2", 1))

    return alter


def other_contents(name: str) -> Callable[[Path], None]:
    return lambda folder: shutil.copy(folder / "compare.csv", folder / name) and None


ALTERED = {
    "a figure": (better, "compare.json: compare.reports[0].rows["),
    "a table": (other_digit("pairs.csv"), "pairs.csv: differs from what the traces give"),
    "a curve": (other_contents("hops.csv"), "hops.csv: differs from what the traces give"),
    "a curve of its own": (other_contents("length.csv"), "length.csv: is not what the traces"),
    "no table": (lambda folder: (folder / "questions.csv").unlink(), "questions.csv: missing"),
    "no figures": (lambda folder: (folder / "compare.json").unlink(), "compare.json: missing"),
    "no JSON": (
        lambda folder: (folder / "compare.json").write_text("{"), "compare.json: is not JSON",
    ),
    "swapped traces": (
        lambda folder: shutil.copy(
            folder / "traces/company+0+strong+bm25+1000.jsonl.gz",
            folder / "traces/company+0+strong+recency+1000.jsonl.gz",
        ),
        "traces/company+0+strong+recency+1000.jsonl.gz: labels.memory",
    ),
}  # fmt: skip


@mostly_slow("name", ALTERED, quick=2)
def test_what_was_altered_is_named_with_its_file(name: str, altered: Path) -> None:
    alter, told = ALTERED[name]
    alter(altered)
    found = examine(altered, "traces")
    assert found.standing == "self-reported" and found.problems[0].startswith(told)


def asked(folder: Path) -> None:
    """A comparison whose reasoner and whose memory's model are models, kept as `compare` does."""
    shrug = Scripted(lambda messages, tools: Message("assistant", "no idea"))
    model_roles = ModelRoles({"org/shrug": shrug}, Scripted(lambda messages, tools: "a summary"))
    memories = plug_all(["llm_summarizing:max_size=4"])
    comparison = Comparison(
        worlds(), memories, [ComparisonLimits(500)], ("org/shrug", "weak"), model_roles
    )
    found = perform(comparison, folder, 4, quiet=True)
    write_files(folder, found, outcome_of(found, played_checks(comparison)), ())
    keep(folder, document(found.about, found.outcomes, {}), found.outcomes)


@pytest.mark.slow
def test_models_of_a_comparison_reply_again_from_their_tape(tmp_path: Path) -> None:
    asked(tmp_path)
    found = [examine(tmp_path, check) for check in ("traces", "play")]
    assert [(one.standing, one.problems) for one in found] == [(VERIFIED, ()), (REPRODUCED, ())]
    assert found[1].word
    (tmp_path / "replies.jsonl").unlink()
    less = examine(tmp_path, "play")
    assert (less.standing, less.problems) == (VERIFIED, ())
    assert less.limits == (
        "the memories were not replayed: their model's replies (replies.jsonl) are not there",
    )


def test_its_pack_holds_the_tables_and_no_clock(duel: Path, tmp_path: Path) -> None:
    write_pack(duel, tmp_path / "duel.tar.gz")
    with opened(tmp_path / "duel.tar.gz") as (folder, problems):
        assert problems == [] and examine(folder, "traces").standing == VERIFIED
        kept = {path.name for path in folder.iterdir()}
    assert {"compare.json", "compare.csv", "questions.csv", "pairs.csv", "hops.csv"} <= kept
    assert not kept & {"timings.csv", "timings.jsonl", "lock"}


def test_tables_of_memories_have_no_place_in_a_run_of_agents(
    finished: Path, duel: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(finished, tmp_path / "run"))
    shutil.copy(duel / "compare.json", run)
    assert examine(run).problems == ("compare.json: does not belong to a run of agents",)


def test_memories_are_ranked_as_their_comparison_ranks_them(duel: Path) -> None:
    found = sampler([("duel", examine(duel, "traces"))])
    out = as_markdown(found, {}, "a test")
    title = "Memories: company template, lite tier, public seeds, reasoner strong, budget 1,000"
    rows = section(out, title)
    told = json.loads((duel / "compare.json").read_bytes())["reports"][0]["rows"]
    mine = {row["system"]: row for row in told if row["role"] == "memory"}
    assert {row[1]: row[0] for row in rows} == {
        system: str(r["rank"]) for system, r in mine.items()
    }
    for _, system, accuracy, _, status in rows:
        mean = 100 * mine[system]["figures"]["accuracy"]["mean"]
        assert accuracy.startswith(f"{mean:.1f} ± ") and status == VERIFIED
    below = " ".join(out.split(title)[1].split())
    assert all(f"`{one}`" in below for one in ("none", "recency", "full", "oracle"))


def test_memories_and_agents_stand_on_one_page(duel: Path, finished: Path) -> None:
    runs = [("duel", examine(duel)), ("run", examine(finished))]
    found = sampler(runs)
    assert as_markdown(found, {}, "x") == as_markdown(sampler(runs[::-1]), {}, "x")
    rows = flat_rows(found, {})
    assert {row["memory"] for row in rows if row["kind"] == "memory"} == {
        "bm25", "markdown+scribe",
    }  # fmt: skip
    assert {row["agent"] for row in rows if row["kind"] == "scripted"} == {"naive", "strategic"}
    assert len({tuple(row) for row in rows}) == 1


@pytest.mark.slow
def test_a_comparison_that_came_twice_counts_once(duel: Path) -> None:
    found = sampler([("one", examine(duel)), ("two", examine(duel))])
    assert len(found.rankings) == 1 and found.notes == ["two repeats one: it is counted once"]


@pytest.mark.parametrize(
    ("alter", "check", "why"),
    [
        (lambda folder: None, "none", "its traces were not checked"),
        (better, "traces", "a check of duel failed: compare.json: "),
    ],
)
def test_memories_that_were_not_shown_have_no_rank(
    alter: Callable[[Path], None], check: str, why: str, altered: Path
) -> None:
    alter(altered)
    out = as_markdown(sampler([("duel", examine(altered, check))]), {}, "a test")
    ((name, *_, status, told),) = section(out, "Comparisons without a rank")
    assert (name, status) == ("duel", "self-reported") and told.startswith(why)
    assert "## Memories" not in out


def test_results_of_a_comparison_alone_are_not_ranked(
    duel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["leaderboard", str(duel / "results.json")]) == 2
    assert "give its folder or its pack" in capsys.readouterr().err


@mostly_slow("seed", [[], ["--seed", "1"]])
def test_tasks_of_a_file_are_checked_as_far_as_traces_carry(
    seed: list[str], tmp_path: Path
) -> None:
    data, run = f"locomo:{published.file_of('locomo', tmp_path)}:most=1", tmp_path / "run"
    words = ["--memories", "bm25", "--data", data, "-q", "-o", str(run), *seed]
    assert main(["compare", *words]) == 0
    found = examine(run, "play")
    assert (found.standing, found.problems) == (VERIFIED, ())
    assert found.limits[0].startswith("its tasks lie in a file that is not given here")
    better(run)
    assert examine(run, "traces").problems[0].startswith("compare.json: compare.reports[0]")
