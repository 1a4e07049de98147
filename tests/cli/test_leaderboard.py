"""`memorygym leaderboard`: which runs it ranks together or only lists, its checks and formats."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.track import TaskOptions, find
from memorygym.reports.checks import REPRODUCED, VERIFIED, WORD
from memorygym.reports.leaderboard import flat_rows
from memorygym.reports.packs import write_pack
from memorygym.scoring.usage import Price
from tests.cli.boards import PUBLIC, SALT, Make, model, page, section, shown


def ranked(out: str, title: str = PUBLIC) -> list[tuple[str, str]]:
    """Agents with their ranks."""
    return [(row[1], row[0]) for row in section(out, title)]


def prose(out: str) -> str:
    return " ".join(out.split())


def test_statistically_tied_agents_share_a_rank(made: Make) -> None:
    out = page(shown(made({"strategic": 0.8, "naive": 0.5, "guesser": 0.5})))
    assert dict(ranked(out)) == {"strategic": "1", "naive": "2", "guesser": "2"}
    assert "Two agents on these tasks must differ by" in prose(out) and "100 tasks" in out


def test_the_same_agent_with_two_memories_is_two_entrants(made: Make) -> None:
    runs = [made({"naive": 0.5}, memory=memory) for memory in ("markdown", "chromadb")]
    rows = section(page(shown(*runs)), PUBLIC)
    assert {(row[1], row[2]) for row in rows} == {("naive", "markdown"), ("naive", "chromadb")}


APART = {
    "1 of 10 templates": {
        "templates": ["company"], "parameters": {"tier": "standard", "template": "company"},
    },
    "not the seeds 0 to 9": {"seeds": [0, 1]},
    "entities, turns, patience differ from the official set": {
        "parameters": {"tier": "standard", "entities": "9"}, "turns": 3, "patience": 9,
    },
    "2 of 100 episodes failed": {"failed": 2},
}  # fmt: skip


@pytest.mark.parametrize("why", APART)
def test_a_run_of_a_part_of_the_set_has_no_rank(why: str, made: Make) -> None:
    out = page(shown(made({"naive": 0.9}, **APART[why]), made({"guesser": 0.5})))
    ((agent, *_, reason),) = section(out, "Not ranked")
    assert (ranked(out), agent, reason) == ([("guesser", "1")], "naive", why)


@pytest.mark.parametrize(
    ("recipe", "title"),
    [
        ({"parameters": {"tier": "hard"}}, "hard tier, public seeds"),
        ({"salt": SALT}, f"standard tier, private test set, secret hash {SALT[:12]}…"),
        (
            {"judge": {"models": [], "prompt": "strict"}},
            f"{PUBLIC}, judged",
        ),
    ],
)
def test_runs_with_other_settings_have_their_own_table(
    recipe: dict[str, Any], title: str, made: Make
) -> None:
    out = page(shown(made({"naive": 0.9}, **recipe), made({"guesser": 0.5})))
    assert ranked(out, title) == [("naive", "1")]
    assert ranked(out) == [("guesser", "1")]


def test_a_run_of_another_version_is_never_ranked(made: Make) -> None:
    out = page(shown(made({"naive": 0.9}, version="worlds-v1"), made({"guesser": 0.5})))
    assert ranked(out) == [("guesser", "1")]
    rows = section(out, "Version worlds-v1, not compared with the above")
    assert [row[1] for row in rows] == ["naive"]


def test_the_gap_between_the_public_and_a_private_test_set_is_stated(made: Make) -> None:
    private = (made({name: share}, salt=SALT) for name, share in (("naive", 0.5), ("guesser", 0.3)))
    out = prose(page(shown(made({"naive": 0.8}), *private)))
    how = r"- naive with markdown, standard tier: \+(\d+\.\d) \(\+.* points, unpaired"
    gap = re.search(how, out)
    assert gap and 28 < float(gap[1]) < 32 and "- guesser" not in out


def test_an_entrant_with_two_different_scores_is_refused(made: Make) -> None:
    first, second = made({"naive": 0.5}), made({"naive": 0.6})
    with pytest.raises(BadSettings, match="different scores of naive with markdown") as refused:
        shown(first, second)
    assert first in str(refused.value) and second in str(refused.value)


def test_an_entrant_given_twice_is_counted_once(made: Make) -> None:
    first, second = made({"naive": 0.5}), made({"naive": 0.5})
    out = page(shown(first, second, first))
    assert len(section(out, PUBLIC)) == 1
    note = f"{second} repeats {first}: naive is counted once"  # A long path is broken, too.
    assert "".join(note.split()) in "".join(out.split())


def test_a_model_with_two_settings_is_two_entrants(made: Make) -> None:
    runs = [made({"org/m": 0.5}, models={"org/m": model(temperature=t)}) for t in (0.0, 1.0)]
    names = {row[1] for row in section(page(shown(*runs)), PUBLIC)[:2]}
    assert names == {"org/m (temperature 0.0)", "org/m (temperature 1.0)"}


def test_an_adversary_is_listed_separately_with_its_bound(made: Make) -> None:
    out = page(shown(made({"strategic": 0.5, "hedger": 0.5, "notice_keeper": 0.4})))
    assert [row[1] for row in section(out.split("### ")[0], PUBLIC)] == ["strategic"]
    rows = {row[0]: row[3:6] for row in section(out.replace("### ", "## "), "Adversaries")}
    assert rows["notice_keeper"][0] == "composite" and rows["notice_keeper"][2] == "5"
    assert rows["hedger"][0] == "gain over strategic" and rows["hedger"][2] == "1"


def test_scripted_agents_are_references_and_agents_that_see_the_truth_have_no_rank(
    made: Make,
) -> None:
    shares = {"smart_guesser": 0.1, "clairvoyant": 0.9, "perfect": 0.9, "template_expert": 0.6}
    out = page(shown(made(shares)))
    assert {name for name, _ in ranked(out)} == {"smart_guesser", "template_expert"}
    for bound, agent in (("lower", "smart_guesser"), ("upper", "clairvoyant")):
        assert f"{bound} bound, markdown: `{agent}`" in prose(out)


def test_a_name_cannot_break_the_page(made: Make) -> None:
    out = page(shown(made({"a|b\n# <c>`": 0.5}, models={"a|b\n# <c>`": model()})))
    assert "| a\\|b # \\<c\\>\\` |" in out and "\n# <c>" not in out


def test_the_cost_of_a_model_is_unknown_without_a_price(made: Make) -> None:
    board = shown(made({"m": 0.5}, models={"m": model()}))
    assert section(page(board), PUBLIC)[-1] == [
        "m", "markdown", "1", "1,000", "330", "0", "unknown",
    ]  # fmt: skip
    assert section(page(board, m=Price(10, 100)), PUBLIC)[-1][-1] == "2.50"


def test_the_order_of_the_runs_does_not_matter(made: Make) -> None:
    runs = [
        made({"naive": 0.5, "strategic": 0.2}), made({"guesser": 0.5}), made({"naive": 0.9}),
        made({"abstainer": 0.4}, parameters={"tier": "hard"}), made({"naive": 0.5}, salt=SALT),
        made({"brief_reader": 0.5}, seeds=[3]), made({"notice_keeper": 0.1}),
    ]  # fmt: skip
    reported = runs.pop(2)
    orders = (runs, runs[::-1], sorted(runs, key=lambda run: run[-6:]))
    boards = [shown(*order, reported=[reported]) for order in orders]
    assert len({(page(board), str(flat_rows(board, {}))) for board in boards}) == 1


@pytest.mark.parametrize("standing", [REPRODUCED, VERIFIED])
def test_a_models_name_rests_on_the_submitters_word(standing: str, made: Make) -> None:
    board = shown(made({"m": 0.5}, models={"m": model()}), made({"naive": 0.4}), standing=standing)
    status = {row[1]: row[-1] for row in section(page(board), PUBLIC)[:2]}
    assert status == {"m": f"{standing}†", "naive": standing}
    assert f"† marks a model: it rests on the submitter's word {WORD}." in prose(page(board))
    claims = {row["agent"]: row["submitters_word"] for row in flat_rows(board, {})}
    assert claims == {"m": WORD, "naive": None}


def test_a_scripted_agent_of_an_unknown_name_has_no_rank(made: Make) -> None:
    out = page(shown(made({"my_agent": 0.9}), made({"naive": 0.5}), standing=VERIFIED))
    ((agent, *_, why),) = section(out, "Not ranked")
    assert (ranked(out), agent) == ([("naive", "1")], "my_agent")
    assert why == "agent my_agent is not installed here, so its traces cannot be attributed to it"


def test_a_plugged_in_agent_is_ranked_only_after_a_replay(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = {"agents": {"ours": "tests.reports.own_parts:Silent"}}
    monkeypatch.setattr(registry, "_plugged", lambda kind: installed.get(kind, {}))
    run = made({"ours": 0.5})
    assert section(page(shown(run)), PUBLIC)[0][:2] == ["1", "ours"]
    ((agent, *_, why),) = section(page(shown(run, standing=VERIFIED)), "Not ranked")
    assert agent == "ours"
    assert why == "agent ours is from another package and was not played again"


def test_self_reported_runs_have_a_table_without_ranks(made: Make) -> None:
    model_run, agent_run = made({"m": 0.9}, models={"m": model()}), made({"naive": 0.5})
    out = page(board := shown(agent_run, reported=[model_run]))
    assert ranked(out) == [("naive", "1")]
    ((title, agent, *_, status, _),) = section(out, "Self-reported")
    assert (title, agent, status) == (PUBLIC, "m", "self-reported")
    assert {row["agent"]: row["rank"] for row in flat_rows(board, {})} == {"naive": 1, "m": None}


def test_the_better_verified_of_two_contradicting_runs_counts(made: Make) -> None:
    true, false = made({"naive": 0.5}), made({"naive": 0.9})
    out = page(shown(true, reported=[false]))
    ((_, _, _, composite, *_),) = section(out, PUBLIC)
    assert 48 < float(composite.split()[0]) < 52 and "## Self-reported" not in out
    why = f"{false} (self-reported) contradicts {true} (reproduced): naive with markdown is counted"
    assert f"{why} by the latter" in prose(out)


def test_agents_of_another_track_have_their_own_table(made: Make) -> None:
    track = find("codeqa")
    templates = sorted({recipe.template for recipe in track.tasks(TaskOptions(range(10)))})
    codeqa = made({"strong": 0.5}, track="codeqa", parameters={}, templates=templates)
    out = page(board := shown(codeqa, made({"naive": 0.5})))
    assert ranked(out, "codeqa track, public seeds") == [("strong", "1")]
    assert ranked(out, "worlds track, standard tier, public seeds") == [("naive", "1")]
    assert all(f"`{name}`" in prose(out) for name in board.versions)


def test_csv_and_json_hold_every_entrant(made: Make, command) -> None:
    runs = [made({"naive": 0.5, "notice_keeper": 0.1}), made({"brief_reader": 0.5}, seeds=[3])]
    words = ["leaderboard", *runs, "--check", "none", "--format"]
    rows = list(csv.DictReader(io.StringIO(command(*words, "csv").out)))
    json_rows = json.loads(command(*words, "json").out)["rows"]
    assert [row["agent"] for row in rows] == [row["agent"] for row in json_rows]
    assert {row["agent"] for row in json_rows} == {"naive", "notice_keeper", "brief_reader"}
    assert all(row["rank"] is None and row["status"] == "self-reported" for row in json_rows)
    assert all(len(row) == len(json_rows[0]) for row in json_rows)


def test_a_run_without_its_traces_has_no_rank(made: Make, command) -> None:
    run = made({"naive": 0.5})
    status, out, _ = command("leaderboard", run)
    why = section(out, "Not ranked")[0][-1]
    assert status == 1 and why.startswith(f"a check of {run} failed: traces/agentteam+0+naive+0")


@pytest.mark.parametrize(
    ("check", "status"),
    [("none", "self-reported"), ("traces", "verified from traces"), ("play", "reproduced")],
)
def test_a_run_has_the_status_that_its_files_show(
    check: str, status: str, finished: Path, command, tmp_path: Path
) -> None:
    write_pack(finished, pack := tmp_path / "run.tar.gz")
    for run in (finished, pack):
        out = command("leaderboard", run, "--check", check).out
        assert section(out, "Not ranked")[0][5] == status


def test_prose_fits_the_screen(made: Make, command) -> None:
    out = command("leaderboard", made({"naive": 0.5}), made({"guesser": 0.4}, salt=SALT)).out
    prose = [line for line in out.splitlines() if line[:1] not in ("|", "<")]
    assert all(len(line) <= 80 for line in prose)
