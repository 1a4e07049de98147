"""The results of a run: the same right after the play and from its folder, whole or refused."""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from memorygym import load_results
from memorygym.core.errors import BadSettings
from memorygym.core.types import Memory, Message
from memorygym.reports.exports import exports, write_exports
from memorygym.reports.results import Results
from memorygym.runs.comparison.figures import Clock
from memorygym.runs.comparison.sanity_checks import SanityCheck
from memorygym.runs.comparison.system_specs import MemorySpec
from memorygym.runs.episode_result import Failure, Result
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.results import FILE, RunResults, check_track, load, perform, schema
from memorygym.runs.settings import BenchSettings
from memorygym.runs.summary import summaries
from memorygym.stats import mean_score
from tests.episodes import lite, worlds
from tests.runs.comparison.measurements import HOLDS, THREE, compared, place
from tests.runs.comparison.small_runs import comparison

Lines = list[Any]
SELF_TEST = Evaluation(worlds(), BenchSettings(agent=["clairvoyant"], validate=True))
FAILS = SanityCheck("it does not", False, "")


def lines_of(folder: Path) -> Lines:
    return [json.loads(line) for line in gzip.decompress((folder / FILE).read_bytes()).splitlines()]


def rewrite(folder: Path, lines: Sequence[Any]) -> None:
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    (folder / FILE).write_bytes(gzip.compress(text.encode()))


def test_a_run_of_a_track_in_the_working_folder_says_how_to_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pets_track.py").write_text("TRACK = Track()\n")
    monkeypatch.chdir(tmp_path)
    recipe = {"track": "pets", "sources": {"pets_track": "0"}}
    with pytest.raises(BadSettings, match="as in --plug pets_track:TRACK"):
        check_track(tmp_path, recipe)


def test_a_run_is_the_same_right_after_the_play_and_from_its_folder(tmp_path: Path) -> None:
    for played in (
        lite("naive", "guesser", folder=tmp_path / "bench"),
        perform(comparison("bm25"), tmp_path / "compare", checks=[HOLDS]),
        perform(SELF_TEST, tmp_path / "validate"),
    ):
        read = load(played.folder)
        assert (read.episodes, read.header) == (played.episodes, played.header)
        assert str(Results([read])) == str(Results([played]))
        assert played.header.invariants or exports(read) == exports(played)
    assert len(read.header.invariants) > 10


def test_measurements_are_the_same_bytes_in_every_folder_and_hold_no_clock(
    finished: Path, tmp_path: Path
) -> None:
    lite("naive", "strategic", seeds=2, workers=2, folder=tmp_path / "again")
    data = (tmp_path / "again" / FILE).read_bytes()
    assert data == (finished / FILE).read_bytes() and data[3:8] == bytes(5)
    composites = [line["result"]["score"]["composite"] for line in lines_of(finished)[1:]]
    assert any(round(figure, 6) != figure for figure in composites)


def test_every_line_fits_the_published_schema(finished: Path) -> None:
    Draft202012Validator.check_schema(schema())
    for line in lines_of(finished):
        assert not [*Draft202012Validator(schema()).iter_errors(line)]


class Strange(Memory):
    """Fails with words that no file can hold."""

    def observe(self, new: Sequence[Message]) -> None:
        raise ValueError("\ud800")


def test_an_error_of_any_characters_is_kept(tmp_path: Path) -> None:
    asked = comparison(m=MemorySpec(Strange, tools=False))
    played = perform(asked, tmp_path / "run")
    failures = load(tmp_path / "run").failures
    assert failures == played.failures and "raised ValueError: ? " in failures[0].error


def test_exports_are_rounded_and_never_read_back(copy: Path) -> None:
    rows = load_results(copy).rows()
    write_exports(copy, load(copy))
    document = json.loads((copy / "results.json").read_bytes())
    for row in document["episodes"]:
        assert all(round(v, 6) == v for v in row.values() if isinstance(v, float))
    (copy / "results.json").write_text("{")
    assert load_results(copy).rows() == rows


def test_the_summary_of_a_run_is_as_it_was(
    finished: Path, snapshot: Callable[[str, str], None]
) -> None:
    summary = json.loads(exports(load(finished))["results.json"])["summary"]
    lines = [
        f"{agent} {name}: {value}" for agent in summary for name, value in summary[agent].items()
    ]
    snapshot("published_summary", "\n".join(lines))


def _swap(lines: Lines) -> None:
    lines[1], lines[2] = lines[2], lines[1]


DAMAGE: dict[str, tuple[Callable[[Lines], object], str]] = {
    "no line": (lambda lines: lines.clear(), "line 1: damaged"),
    "no header": (lambda lines: lines.pop(0), "line 1: damaged"),
    "another format": (lambda lines: lines[0].update(format="x"), "line 1: damaged .*'x'"),
    "no JSON": (lambda lines: lines.insert(1, "half a li"), "line 2: damaged"),
    "an empty line": (lambda lines: lines.insert(2, ""), "line 3: damaged"),
    "no episode": (lambda lines: lines.insert(1, {}), "line 2: damaged .it holds no episode"),
    "a wrong type": (
        lambda lines: lines[1]["result"].update(stuck="0"),
        r"line 2: damaged \(Expected `int`, got `str` - at `\$\.result\.stuck`",
    ),
    "a missing field": (lambda lines: lines[2]["result"].pop("score"), "line 3: .*`score`"),
    "a missing episode": (lambda lines: lines.pop(), "3 episodes, and 4 are planned; episode 4 is"),
    "a repeated episode": (lambda lines: lines.append(lines[1]), "5 episodes, and 4 are planned"),
    "another order": (_swap, r"episode 1 is company\+0\+strategic\+0"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_measurements_are_refused_in_one_line(name: str, copy: Path) -> None:
    change, message = DAMAGE[name]
    lines = lines_of(copy)
    change(lines)
    rewrite(copy, lines)
    with pytest.raises(BadSettings, match=message) as refused:
        load(copy)
    assert str(copy) in str(refused.value) and "\n" not in str(refused.value)


def test_every_cut_of_the_measurements_is_refused(copy: Path) -> None:
    data = (copy / FILE).read_bytes()
    for size in range(0, len(data) - 8, 97):
        (copy / FILE).write_bytes(data[:size])
        with pytest.raises(BadSettings, match=r"damaged .*; `memorygym resume "):
            load(copy)


def test_what_is_no_finished_run_is_refused_with_what_to_give(copy: Path) -> None:
    write_exports(copy, load(copy))
    (copy / FILE).unlink()
    refused = {
        5: "give the folders of runs",
        ("a",): "give the folders of runs",
        __file__: "is a file: give the folder of a run$",
        "nowhere": "is not the folder of a run: it has no run.json",
        copy / "results.json": f"give the folder of its run, {copy}$",
        copy: f"the run has not finished; `memorygym resume {copy}`",
    }
    for folder, message in refused.items():
        with pytest.raises(BadSettings, match=message):
            load(folder)


def test_the_summary_is_the_mean_of_the_tasks_with_its_interval() -> None:
    naive, perfect = sorted(lite("naive", "perfect", seeds=5).summaries, key=lambda s: s.who)
    composites = [r.score.composite for r in lite("naive", seeds=5).results]
    assert naive.composite == mean_score(composites, [10] * 5)
    for summary in (naive, perfect):
        figures = [summary.composite, summary.correct_refusals, *summary.axes.values()]
        assert all(figure and 0 <= figure.low < figure.high <= 1 for figure in figures)
        assert summary.detectable and summary.detectable >= 1 / 50
    for summary in lite("naive", seeds=2).summaries:
        assert not summary.composite.has_interval and summary.detectable is None


@pytest.fixture(scope="module")
def played() -> Result:
    """An episode."""
    return lite("naive").results[0]


Table = Sequence[Sequence[float | None]]
"""By task: the composite of each repeat, None if it failed."""


@pytest.mark.parametrize(
    ("table", "failing", "bounds"),
    [
        ([[1.0, None], [0.0, 0.0]], "naive", (0.25, 0.5)),
        ([[1.0, None], [0.0, 0.0]], "guesser", None),
        ([[1.0], [0.0], [None]], "naive", (1 / 3, 2 / 3)),
        ([[1.0, 1.0], [None, None]], "naive", (0.5, 1.0)),
        ([[1.0, 0.0], [0.5, 0.5]], "naive", None),
    ],
)
def test_bounds_fill_in_failures_of_an_agent_within_their_task(
    table: Table, failing: str, bounds: tuple[float, float] | None, played: Result
) -> None:
    results, failures = [], []
    for seed, figures in enumerate(table):
        for repeat, figure in enumerate(figures):
            place = replace(played.place, seed=seed, repeat=repeat)
            if figure is None:
                failures.append(Failure(replace(place, who=failing), "memory", "broke"))
            else:
                score = replace(played.score, composite=figure)
                results.append(replace(played, place=place, score=score))
    (summary,) = summaries(results)
    assert summary.bounds(failures) == (bounds and pytest.approx(bounds))


BETTER = {**THREE, "n": "11 11 11", "held:n": "11 11 11"}


def test_there_is_a_report_for_every_reasoner_and_budget_and_an_agreement_for_every_two() -> None:
    run = compared(BETTER)
    assert [(r.reasoner, r.budget) for r in run.reports] == [("strong", 1000), ("weak", 1000)]
    assert [report.reasoners for report in run.agreements] == [("strong", "weak")]
    assert run.valid and run.checks[0] is HOLDS and len(run.checks) == 5


@pytest.mark.parametrize(
    "run",
    [
        compared(BETTER, checks=[HOLDS, FAILS]),
        compared({**THREE, "oracle": "00 00 00"}, reasoners=["strong"]),
    ],
)
def test_one_failed_sanity_check_makes_a_comparison_invalid_without_figures(
    run: RunResults, tmp_path: Path
) -> None:
    assert not run.valid and run.all_reports
    assert [*run.cases(), *run.reports, *run.agreements] == []
    write_exports(tmp_path, run)
    assert {len(path.read_text().splitlines()) for path in tmp_path.glob("*.csv")} == {1}
    document = json.loads((tmp_path / "compare.json").read_bytes())
    assert document["reports"] == [] and not (tmp_path / "results.json").exists()
    assert not all(check["holds"] for check in document["sanity_checks"])


def test_a_budget_at_which_no_task_was_finished_fails_a_sanity_check() -> None:
    run = compared(THREE, played_by=["strong"])
    assert "weak finished a task at budget 1,000" in [c.name for c in run.checks if not c.holds]


def test_failures_count_for_their_own_report_and_those_without_a_budget_for_all() -> None:
    failed = Failure(place("m", 1000, "weak"), "memory", "broke")
    unbounded = Failure(place("full", None, "strong"), "memory", "broke")
    strong, weak = compared(BETTER, failed, unbounded).reports
    rows = [(report.row("m"), report.row("full")) for report in (strong, weak)]
    assert [(m and m.failed, full and full.failed) for m, full in rows] == [(0, 1), (1, 0)]


def test_a_report_rests_on_its_budget_and_the_systems_without_one(tmp_path: Path) -> None:
    run = perform(comparison("bm25", budgets=(500, 1000)), tmp_path / "run")
    assert run.clock(run.reports[0]).keys() == {"none", "full", "recency", "oracle", "bm25"}
    measured = run.under("strong", 1000)
    assert {m.budget for m in measured} == {None, 1000} and len(measured) == 6
    assert not run.under("weak", 1000) and len(run.reports) == 2


@pytest.mark.parametrize(
    ("steps", "strong", "weak"),
    [
        ({"company+0+strong+m+1000": [7]}, {"m": (7, 7)}, {}),
        ({"company+0+strong+m+1000": [*range(1, 101)]}, {"m": (50, 95)}, {}),
        ({"company+0+strong+m+1000": [2], "city+0+strong+m+1000": [1]}, {"m": (1, 2)}, {}),
        ({"company+0+weak+m+1000": [2], "company+0+strong+m+500": [3]}, {}, {"m": (2, 2)}),
        ({"company+0+strong+full+all": [4]}, {"full": (4, 4)}, {}),
        ({"company+0+strong+held%3Am+1000": [5]}, {}, {}),
        ({"company+0+strong+org%2Fm+1000": [6]}, {"org/m": (6, 6)}, {}),
    ],
)
def test_a_clock_is_the_median_and_the_95th_percentile_of_the_last_plays(
    steps: dict[str, list[float]], strong: Clock, weak: Clock, tmp_path: Path
) -> None:
    rows = [(name, milliseconds) for name in steps for milliseconds in ([99], steps[name])]
    times = {"seconds": 1.5, "ended": 2}
    lines = [json.dumps({"episode": name, "memory_ms": own, **times}) for name, own in rows]
    strange = ["null", "{}", '{"episode": 5}', json.dumps({"episode": "x", **times}), "[" * 9999]
    text = "\n".join([*lines, *strange, '{"episode": "comp'])
    (tmp_path / "timings.jsonl").write_text(text)
    run = replace(compared(BETTER), folder=tmp_path)
    assert [*map(run.clock, run.reports)] == [strong, weak]
    assert compared(BETTER).clock(run.reports[0]) == {}
