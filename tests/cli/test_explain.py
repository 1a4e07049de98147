"""`memorygym explain` lists the misses, follows the facts of one, and plays an episode again."""

import re
import shutil
from pathlib import Path

import pytest

import memorygym
from memorygym.cli import main
from memorygym.memories.full import FullContext
from memorygym.runs.results import load
from memorygym.runs.store import read_traces, write_trace
from memorygym.scoring.attribution import CAUSES
from tests.servers.openai import Server, serving

RECENCY, PARAMETERS = "company+3+strong+recency+500", "company+3+strong+bm25:top_k=2+500"
LITE = ["--tier", "lite", "-t", "company", "--seeds", "2"]
SAME = "the trace is the same bytes as the one in the run"


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison with a memory that shows more than fits."""
    folder = tmp_path_factory.mktemp("compared") / "run"
    memories = {"whole": FullContext, "bm25:top_k=2": "bm25:top_k=2"}
    task = {"template": "company", "tier": "lite", "seeds": range(3, 4)}
    memorygym.compare(memories, budgets=500, output=folder, **task)
    return folder


@pytest.fixture
def misses(finished: Path, command):
    """The misses that `explain --json` lists."""
    return lambda *words: command("explain", finished, *words, "--json").rows()


def test_every_miss_has_the_id_of_its_question(finished: Path, misses) -> None:
    missed = {
        f"{result.place.episode}#{number}"
        for result in load(finished).results
        for number, right in enumerate(result.right, start=1)
        if not right
    }
    rows = misses()
    assert len(rows) == len(missed) and {row["id"] for row in rows} == missed
    for row in rows:
        assert row["cause"] in {*CAUSES[4:], *(fact["lost"] for fact in row["facts"])}
    order = [(row["agent"], row["template"], row["seed"], row["number"]) for row in rows]
    assert order == sorted(order)


def test_the_table_counts_the_listed_misses_and_a_limit_says_how_many_more(
    finished: Path, command, misses
) -> None:
    status, out, _ = command("explain", str(finished))
    first, table, lines = out.strip().split("\n\n")
    rows_of_table = (line.rsplit(maxsplit=2) for line in table.splitlines())
    cells = {name[0].strip(): name[1:] for name in rows_of_table}
    rows = misses()
    assert status == 0 and first == f"{len(rows)} of 40 questions missed in 4 episodes"
    for cause in {row["cause"] for row in rows}:
        assert sum(map(int, cells[cause])) == sum(row["cause"] == cause for row in rows)
    assert sum(int(cell.partition("/")[0]) for cell in cells["all"]) == len(rows)
    assert [line.split()[0] for line in lines.splitlines()] == [row["id"] for row in rows]
    out = command("explain", str(finished), "--limit", "2").out
    assert out.count(" | truth ") == 4 and f"… {len(rows) - 4} more" in out


@pytest.mark.parametrize(
    ("option", "value", "field"),
    [
        ("--agent", "naive", "agent"),
        ("--template", "company", "template"),
        ("--cause", "never written", "cause"),
        ("--question-type", "reasoning", "kind"),
        ("--question-type", "text_match", "question_type"),
    ],
)
def test_a_filter_shows_only_its_misses(option: str, value: str, field: str, misses) -> None:
    assert misses(option, value) == [row for row in misses() if row[field] == value] != []


def test_an_inconsistent_trace_is_named_and_left_out(
    finished: Path, command, tmp_path: Path
) -> None:
    whole, *_, other = sorted((finished / "traces").iterdir())
    (tmp_path / "whole.jsonl.gz").write_bytes(whole.read_bytes())
    (tmp_path / "half.jsonl.gz").write_bytes(other.read_bytes()[:-400])
    (tmp_path / "no.jsonl").write_text("{}\n")
    status, out, err = command("explain", str(tmp_path))
    assert status == 2 and "in 1 episode\n" in out
    assert [line.count("left out") for line in err.splitlines()] == [1, 1]
    assert "half.jsonl.gz, line " in err and "no.jsonl, line 1" in err
    status, out, err = command("explain", str(tmp_path), "half#1")
    assert (status, out) == (2, "") and "half.jsonl.gz, line " in err


@pytest.fixture
def explained(compared: Path, ran):
    """What `explain` prints of the comparison, which is never wider than 80 columns."""

    def explain(*words: str) -> str:
        out = ran("explain", compared, *words).out
        assert all(len(line) <= 80 or " | truth " in line for line in out.splitlines())
        return out

    return explain


def steps(out: str) -> list[str]:
    """The labels of the steps that are shown, in order."""
    labels = ("observed", "stored", "retrieved", "in context", "used")
    return [word for line in out.splitlines() for word in labels if line.startswith(f"  {word}  ")]


def listed(out: str, cause: str) -> str:
    """The last listed question with that cause, which needs few facts."""
    return [line.split()[0] for line in out.splitlines() if f"  {cause}  " in line][-1]


def test_a_name_lists_the_misses_of_the_episodes_that_it_names(finished: Path, command) -> None:
    head, *lines = command("explain", str(finished), "company+0+naive").out.splitlines()
    named = [line.split()[0] for line in lines if " | truth " in line]
    assert head == f"{len(named)} of 10 questions missed in 1 episode"
    assert named and all(id.startswith("company+0+naive+0#") for id in named)


@pytest.mark.parametrize(
    ("memory", "cause", "expected"),
    [
        ("whole", "not retrieved", ["observed", "stored", "retrieved"]),
        ("recency", "dropped", ["observed", "stored"]),
        ("bm25:top_k=2", "not retrieved", ["observed", "stored", "retrieved"]),
    ],
)
def test_a_miss_is_followed_to_the_step_at_which_it_was_lost(
    memory: str, cause: str, expected: list[str], explained
) -> None:
    id = listed(explained(f"company+3+strong+{memory}+500"), cause)
    out = explained(id)
    assert steps(out)[: len(expected)] == expected
    assert f"{id}  " in out and f"WRONG ({cause})" in out
    _, first, *_ = out.split("\n\n")
    assert first.count("LOST") == 1 and "LOST" not in first.partition(expected[-1])[0]


def test_a_right_answer_shows_the_same_chain(explained) -> None:
    missed = explained(PARAMETERS)
    right = next(n for n in range(1, 11) if f"{PARAMETERS}#{n} " not in missed)
    out = explained(f"{PARAMETERS}#{right}")
    assert "LOST" not in out and ": right" in out and "  used       yes" in out


@pytest.mark.parametrize(
    "name",
    [RECENCY, "company+3+strong+recency", PARAMETERS, "company+3+strong+bm25%3Atop_k%3D2+500"],
)
def test_a_name_may_be_shortened_or_spelt_out(name: str, explained) -> None:
    assert explained(f"{name}#1").startswith((f"{RECENCY}#1  ", f"{PARAMETERS}#1  "))


def test_an_entry_is_traced_to_the_message_that_stated_its_fact_until_it_is_cut(explained) -> None:
    chain = explained(listed(explained(RECENCY), "dropped"))
    entry = re.search(r"entry (\S+), event (\d+)", chain)
    out = explained(RECENCY, "--entry", entry[1])
    assert out.startswith(f"entry {entry[1]}: stored in event {entry[2]}, rewritten in event ")
    assert f"  from event {entry[2]}: [" in out


def test_an_environment_that_cut_the_context_is_the_reason_of_the_step(explained) -> None:
    id = listed(explained("company+3+strong+whole"), "not retrieved")
    out = " ".join(explained(id).split())
    assert "retrieved LOST: the memory showed " in out and "; the environment cut" in out
    assert "perhaps" not in out and "in context" not in out


def test_a_question_of_many_facts_has_one_line_for_each(explained) -> None:
    outs = [explained(f"{PARAMETERS}#{number}") for number in range(1, 11)]
    long = next(out for out in outs if "needed facts were in the context" in out)
    lost = [line for line in long.splitlines() if line.startswith("  not retrieved: ")]
    assert len(lost) > 6 and "observed" not in long


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a model, whose endpoint is gone."""
    folder = tmp_path_factory.mktemp("asked") / "run"
    with serving() as server:
        words = ["--model", "writer", "--api-base", server.url, "--repeats", "2"]
        words += ["--temperature", "0.5", "--model-seed", "7", "--tools", "text"]
        assert main(["bench", "-q", "--workers", "1", *LITE, *words, "--run", str(folder)]) == 0
    return folder


def test_a_question_is_shown_as_the_agent_saw_it_with_what_the_memory_held(
    finished: Path, command
) -> None:
    result = next(result for result in load(finished).results if result.place.who == "strategic")
    every = ""
    for number, right in enumerate(result.right, start=1):
        id = f"{result.place.episode}#{number}"
        status, out, err = command("explain", str(finished), id, "--play")
        assert (status, err) == (int(not right), "") and SAME in out
        assert out.count("=== QUESTION") == 1 and "> submit_answer" in out
        assert f"{id}  " in out and ("WRONG (" in out) == (not right)
        assert all(len(line) <= 80 for line in out.splitlines())
        every += out
    assert "(in context)\n    | " in every and "(never written)\n    | nothing" in every


def test_a_model_is_replayed_without_its_endpoint(asked: Path, command, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    for name in ("company+0+writer+0", "company+1+writer+1#3"):
        _, out, err = command("explain", str(asked), name, "--play")
        assert "no endpoint is asked" in " ".join(out.split()) and SAME in out and err == ""


def test_the_endpoint_can_be_asked_again_and_its_failure_is_exit_code_3(
    asked: Path, server: Server, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--play", "--again", "--api-base", server.url]
    _, out, err = command("explain", str(asked), "company+0+writer+1", *words)
    assert server.bodies and server.bodies[0]["temperature"] == 0.5
    assert "asked again" in out and err == ""
    monkeypatch.setattr(server, "fault", lambda _: "400")
    status, out, _ = command("explain", str(asked), "company+0+writer+0", *words)
    assert status == 3 and "failed: " in out


def _vague(messages, tools):
    """A model that answers every question with a dozen."""
    asked = "=== QUESTION" in messages[-1]["content"]
    return "", [("submit_answer", {"answer": "a dozen"})] if asked else []


def _lavish(messages, tools):
    """A judge that accepts a dozen."""
    return '{"quote": "a dozen", "correct": true}', []


def test_a_judge_is_replayed_with_its_model(command, tmp_path: Path) -> None:
    with serving(vague=_vague, lavish=_lavish) as server:
        words = ["--model", "vague", "--judge", "lavish", "--api-base", server.url]
        more = ["--judge-prompt", "lenient", "--seeds", "1", "--run", str(tmp_path / "run")]
        assert command("bench", "-q", *LITE[:-2], *words, *more).status == 0
    assert load(tmp_path / "run").results[0].repaired > 0
    _, out, err = command("explain", str(tmp_path / "run"), "company+0", "--play")
    assert SAME in out and "accepted by the judge" in " ".join(out.split()) and err == ""


def test_a_different_trace_is_a_failed_check(finished: Path, command, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    path = folder / "traces" / "company+0+naive+0.jsonl.gz"
    trace = next(read_traces([path]))[1]
    assert trace
    trace.labels["note"] = "altered"
    write_trace(path, trace)
    status, out, _ = command("explain", str(folder), "company+0+naive", "--play")
    assert status == 1 and "differs from the one in the run, first in line 1" in out


def test_a_private_run_is_played_again_with_its_secret(ran, tmp_path: Path) -> None:
    secret = ("--salt", "a salt of some length")
    ran("bench", "-q", *LITE, "--strategy", "naive", *secret, "--run", tmp_path / "run")
    assert SAME in ran("explain", tmp_path / "run", "company+0", "--play", *secret).out
