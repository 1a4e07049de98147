"""The tables of a judge: figures of each mode, baselines, ceiling, and what may not reach it."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.core.trace import Action, Trace
from memorygym.core.types import Budget, Call, Message
from memorygym.memrm.actions import BASES, features, fit_actions, next_action
from memorygym.memrm.baselines import event_scores, need_scores
from memorygym.memrm.evaluation import CARD, evaluation, predictions
from memorygym.memrm.metrics import auroc
from memorygym.memrm.openings import PLACE, log_opening
from memorygym.memrm.rows import Compaction, Probe
from memorygym.memrm.scored_rows import score
from tests.memrm.stand_in import RATES, OverlapJudge, compactions

pytestmark = pytest.mark.rm


def evaluated(rows: Sequence[Compaction], mode: str, judge: OverlapJudge | None = None) -> Any:
    judge = judge or OverlapJudge()
    return json.loads(json.dumps(evaluation(judge, score(judge, rows, mode, RATES), "iid")))


def judge_of_actions() -> OverlapJudge:
    judge, rows = OverlapJudge(), list(compactions(120))
    judge.actions = fit_actions(rows, [judge.p_harmful(row.full, row.compacted) for row in rows])
    return judge


def test_blind_mode_reports_figures_baselines_ceiling_strata_and_reweighted_rows() -> None:
    result = evaluated([*compactions()], "blind")

    low, high = result["intervals"]["auroc"]
    assert 0.7 < low < result["auroc"] < high <= 1
    assert result["groups"] == 80 and result["n"] == 240
    assert result["ceiling"]["auroc"] > result["auroc"] and result["ceiling"]["gap"] > 0
    assert result["reweighted"]["harmful"] == 0.878
    assert set(result["covered_at"]) == {"0.265", "0.204"}
    assert result["covered"]["coverage"] < 1 and "caveat" in result["covered"]
    assert set(result["by"]) == {"strategy", "track", "reason"}
    assert result["after_100_labels"]["ece"] < 0.2
    assert "card" not in result


def test_every_baseline_is_in_the_table_with_the_lead_over_it() -> None:
    baselines = evaluated([*compactions()], "blind")["baselines"]

    assert set(baselines) == {
        "majority", "length_ratio", "entity_survival", "strategy_name", "action_equality",
    }  # fmt: skip
    assert baselines["majority"]["auroc"] == 0.5
    assert baselines["action_equality"]["auroc"] == 1.0
    assert baselines["action_equality"]["lead"] < 0 < baselines["majority"]["lead_interval"][0]


def test_needs_mode_counts_probes_and_clusters_by_group_and_by_need() -> None:
    needs = evaluated([*compactions()], "needs")["needs"]

    assert (needs["n"], needs["auroc"]) == (480, 1.0)
    assert set(needs["baselines"]) == {
        "word_overlap", "overlap_ratio", "position", "kept_verbatim",
    }  # fmt: skip
    assert needs["intervals"].keys() == needs["intervals_by_need"].keys()


def test_shuffled_labels_give_an_auroc_of_about_a_half() -> None:
    scored = score(OverlapJudge(), compactions(1500), "blind").rows
    labels = [row.harmful for row in scored]
    named_rng("shuffled").shuffle(labels)
    rows = [replace(row, harmful=label) for row, label in zip(scored, labels, strict=True)]

    assert abs(auroc(predictions(rows)) - 0.5) < 0.04


@pytest.mark.parametrize("mode", ["blind", "needs"])
def test_neither_strategy_nor_reason_nor_actions_nor_labels_reach_the_judge(mode: str) -> None:
    judge = judge_of_actions()
    rows = [*compactions(60)]
    changed = [
        replace(
            row, strategy="other", reason="stale", domain="elsewhere", safe=not row.safe,
            recorded_action="", proposed_action="rm", group=row.group + "x",
            needs=tuple(replace(probe, kept=not probe.kept) for probe in row.needs),
        )
        for row in rows
    ]  # fmt: skip

    scored = [[row.p for row in score(judge, these, mode).rows] for these in (rows, changed)]

    assert scored[0] == scored[1]


def test_the_polarity_holds_from_the_label_to_the_figures() -> None:
    kept, lost = Message("user", "the code is 7"), Message("user", "nothing")
    rows = [
        Compaction((kept,), (kept,), safe=True, group="a"),
        Compaction((kept,), (lost,), safe=False, group="b"),
    ]

    result = evaluated(rows, "blind")

    assert (result["auroc"], result["accuracy"]) == (1, 1)
    assert (result["harmful_f1"], result["safe_f1"]) == (1, 1)


def test_pair_mode_reads_the_actions_and_stands_beside_the_card() -> None:
    result = evaluated([*compactions()], "pair", judge_of_actions())

    assert result["auroc"] > 0.99
    assert result["card"]["published"] == CARD
    assert {line.partition(":")[0] for line in result["card"]["differences"]} == {
        "data", "label", "prevalence", "input",
    }  # fmt: skip


def test_rows_without_the_full_context_are_judged_by_their_actions_alone() -> None:
    rows = [replace(row, full=()) for row in compactions()]

    assert evaluated(rows, "pair", judge_of_actions())["auroc"] > 0.99


def test_recorded_mode_does_not_read_the_proposed_action() -> None:
    row = next(compactions())
    other = replace(row, proposed_action="something else")

    assert features(row, 0.4, "recorded") == features(other, 0.4, "recorded")
    assert features(row, 0.4, "pair") != features(other, 0.4, "pair")
    assert set(judge_of_actions().actions) == set(BASES)


def test_no_row_for_a_mode_is_an_error_that_names_the_mode_that_would_work() -> None:
    rows = [replace(row, full=()) for row in compactions(5)]

    with pytest.raises(BadSettings, match=r"--mode pair would work \(5 rows\)"):
        score(judge_of_actions(), rows, "blind")


def test_a_mode_of_actions_needs_a_fit_in_the_model_file() -> None:
    with pytest.raises(BadSettings, match="has no fit of actions; use --mode blind"):
        score(OverlapJudge(), compactions(5), "pair")


def test_rows_that_lack_something_are_counted_and_left_out() -> None:
    rows = [*compactions(10)]
    rows[3] = replace(rows[3], safe=None)

    split = score(OverlapJudge(), rows, "blind")

    assert len(split.rows) == 9
    assert [*split.left_out] == ["--mode blind needs safe, which it lacks; --mode needs would work"]


def test_the_data_hash_changes_with_a_label_or_a_text() -> None:
    rows = [*compactions(10)]
    other_label = [replace(rows[0], safe=not rows[0].safe), *rows[1:]]
    other_text = [replace(rows[0], compacted=()), *rows[1:]]

    hashes = {score(OverlapJudge(), r, "blind").data for r in (rows, other_label, other_text)}

    assert len(hashes) == 3
    assert score(OverlapJudge(), rows, "blind").data in hashes


def test_one_label_only_gives_null_where_a_figure_is_not_defined() -> None:
    rows = [replace(row, safe=True) for row in compactions(6)]

    result = evaluated(rows, "blind")

    assert result["auroc"] is None and result["accuracy"] is not None


def test_baselines_of_a_need_read_the_message_that_matches_it_best() -> None:
    full = tuple(
        Message("user", text)
        for text in ("Ann pays the bill.", "The dentist moved to Friday.", "It rains.")
    )
    probe = Probe("When is the dentist?", kept=True)
    calls = (Call("look", {"at": ["a", "b"]}),)  # Messages with calls cannot be hashed.

    kept = need_scores(Compaction(full, (*full[1:], Message("assistant", "", calls))), probe)
    gone = need_scores(Compaction(full, (Message("user", "A dentist, some day."),)), probe)

    assert (kept["kept_verbatim"], gone["kept_verbatim"]) == (0, 1)
    assert (kept["word_overlap"], kept["position"]) == (0, 0.5)
    assert gone["overlap_ratio"] == 0


def test_a_plain_text_is_searched_by_lines() -> None:
    full = (Message("user", "Ann pays the bill.\nThe dentist moved to Friday."),)
    compacted = (Message("user", "- the dentist moved\nto Friday."),)

    assert need_scores(Compaction(full, compacted), Probe("the dentist?"))["kept_verbatim"] == 0


def test_equal_actions_differ_only_in_blanks_and_case() -> None:
    row = replace(next(compactions()), recorded_action="ls  -l", proposed_action="ls -l")
    assert event_scores(row, {})["action_equality"] == 0


def test_openings_of_a_final_split_are_counted_in_the_repository(tmp_path: Path) -> None:
    row = {"split": "iid", "model": "m"}
    assert "not logged" in log_opening(row, tmp_path)
    (tmp_path / PLACE).parent.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()

    messages = [log_opening(row, tmp_path), log_opening(row, tmp_path)]

    assert [message.partition(",")[0] for message in messages] == [
        "opening 1 of the split iid", "opening 2 of the split iid",
    ]  # fmt: skip
    assert [json.loads(line) for line in (tmp_path / PLACE).read_text().splitlines()] == [
        {"opening": 1, **row}, {"opening": 2, **row},
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("text", ["a" * 10**6, "Aa1 " * 250_000, "1.-" * 330_000, "a/" * 500_000])
def test_a_million_characters_take_seconds_at_most(text: str) -> None:
    side = (Message("user", text),)
    began = time.process_time()

    event_scores(Compaction(side, side, recorded_action=text, proposed_action=text), {})
    need_scores(Compaction(side, side), Probe(text))

    assert time.process_time() - began < 60


def test_the_next_action_is_the_first_of_the_event_with_its_calls() -> None:
    replies = [
        Action(1, Message("assistant", "earlier")),
        Action(2, Message("assistant", "", (Call("open", {"page": "b", "at": 1}),))),
        Action(2, Message("assistant", "later")),
        Action(3, Message("assistant", "Done.")),
    ]
    trace = Trace("0" * 16, "worlds", {}, "", Budget(), None, records=list(replies))

    assert next_action(trace, 2) == '[["open",{"at":1,"page":"b"}]]'
    assert [next_action(trace, event) for event in (3, 4)] == ["Done.", ""]
