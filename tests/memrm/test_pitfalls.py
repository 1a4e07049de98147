"""The pitfalls of a judge of compactions, each as a test of the model that ships."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from memorygym import judge_compaction
from memorygym.core.rng import named_rng
from memorygym.core.types import Message
from memorygym.memrm.features import needs_of, segments_of
from memorygym.memrm.metrics import Predictions, auroc
from memorygym.memrm.model import RewardModel, load
from memorygym.memrm.pair import ContextPair, Full
from memorygym.memrm.played import PlayedTask
from memorygym.memrm.probes import NeedReader
from memorygym.memrm.recipes import Contexts, Recipe
from memorygym.memrm.reward_rows import any_row, to_row
from memorygym.memrm.rows import Compaction, Probe
from memorygym.memrm.scored_rows import score
from memorygym.memrm.splits import CALIBRATION, SCENARIO_OOD, TRAIN, jobs
from memorygym.memrm.train import Described, fit

pytestmark = pytest.mark.rm

TRACKS = {"worlds": TRAIN, "research": TRAIN, "codeqa": TRAIN, "dialogue": SCENARIO_OOD}
"""Every track, with a split that has tasks of it."""
LOSSLESS = ("numbered", "merged", "json_list", "quoted", "bullets", "shuffled", "markdown")
"""Layouts that change no word."""


@pytest.fixture(scope="module")
def judge() -> RewardModel:
    return load()


class Played:
    """A track's first task: its full context before the middle goal, and compactions of it."""

    def __init__(self, track: str) -> None:
        source = jobs(TRACKS[track], track, 1)[0].source
        played = PlayedTask(source)
        steps = sorted({goal.event for goal in played.goals})
        step = steps[len(steps) // 2]
        system = Message("system", played.task.system)
        self.full = (system, *played.full[step])
        self.needed = tuple(sentence for _, sentence in played.needed(step))
        self.compacted: dict[str, tuple[Message, ...]] = {}
        """By edit."""
        contexts = Contexts(played, source, [step])
        for edit in ("wipe_out", *LOSSLESS):
            composed = contexts.compacted(Recipe(step, "full", 0, (edit,)))
            if composed is not None:
                self.compacted[edit] = (system, *composed)


@cache
def played_task(track: str) -> Played:
    return Played(track)


@pytest.mark.parametrize("track", TRACKS)
def test_identity_is_safe_and_wipe_out_harmful(judge: RewardModel, track: str) -> None:
    task = played_task(track)
    same = judge_compaction(task.full, task.full, model=judge)
    assert same.verdict == "safe" and same.p_harmful < 0.2 and not same.lost

    for gone in ((), task.full[:1], task.compacted["wipe_out"]):
        wiped = judge_compaction(task.full, gone, model=judge)
        assert wiped.verdict == "harmful" and wiped.p_harmful > 0.8 and wiped.lost


@pytest.mark.parametrize("track", TRACKS)
def test_layout_and_white_space_move_the_score_little(judge: RewardModel, track: str) -> None:
    task = played_task(track)
    same = judge.p_harmful(task.full, task.full)
    spaced = [
        replace(message, content=message.content.replace(" ", "  ").replace("\n", "\n\n "))
        for message in task.full
    ]
    assert judge.p_harmful(task.full, spaced) == same
    for layout in set(LOSSLESS) & set(task.compacted):
        assert abs(judge.p_harmful(task.full, task.compacted[layout]) - same) < 0.2


@pytest.mark.parametrize("track", TRACKS)
def test_removing_a_needed_fact_never_lowers_the_score(judge: RewardModel, track: str) -> None:
    task, rng = played_task(track), named_rng("needed facts", track)
    for edit in ("", *sorted(task.compacted)):
        compacted = list(task.compacted.get(edit, task.full))
        before = judge.p_harmful(task.full, compacted)
        for fact in sorted(task.needed, key=lambda _: rng.below(1000)):
            compacted = [_without(message, fact) for message in compacted]
            after = judge.p_harmful(task.full, compacted)
            assert after >= before - 1e-9
            before = after


def _without(message: Message, fact: str) -> Message:
    lines = (line for line in message.content.split("\n") if fact not in line)
    return replace(message, content="\n".join(lines))


def test_nothing_but_the_two_contexts_reaches_the_blind_mode(judge: RewardModel) -> None:
    task = played_task("worlds")
    rows = [
        Compaction(task.full, compacted, edit != "wipe_out", (), "g", "worlds", edit)
        for edit, compacted in task.compacted.items()
    ]
    mutated = [
        replace(
            row, safe=not row.safe, group="other", domain="dialogue", strategy="identity",
            reason="stale", recorded_action="answer(42)", proposed_action="none",
            needs=(Probe("Where is everything lost?", kept=False),),
        )
        for row in reversed(rows)
    ]  # fmt: skip
    told = [row.p for row in score(judge, rows, "blind").rows]
    assert [row.p for row in score(judge, mutated, "blind").rows] == told[::-1]
    assert len(set(told)) > 1


def test_an_answer_in_the_metadata_of_a_probe_changes_nothing(judge: RewardModel) -> None:
    needs = [{"text": "How much does Anna pay?", "kept": False},
             {"text": "Where is the key?", "kept": True}]  # fmt: skip
    raw = {
        "full": "Anna pays 700 francs. Ben pays 900 euros. The key is in room 12.",
        "compacted": "Anna pays francs. The key is in room 12.", "group": "g",
        "needs": needs,
    }  # fmt: skip
    planted = {
        **raw, "answer": "700 francs", "strategy": "identity",
        "needs": [{**need, "answer": "12", "p": 1, "lost": True} for need in needs[::-1]],
    }  # fmt: skip
    one, other = (
        {row.need: row.p for row in score(judge, [any_row(item)], "needs").rows}
        for item in (raw, planted)
    )
    assert one == other and len(one) == 2
    assert one["g\0How much does Anna pay?"] > one["g\0Where is the key?"]


def test_safe_is_1_and_y_from_the_label_to_the_verdict(judge: RewardModel) -> None:
    task = played_task("research")
    for edit, label, text in (("numbered", 1, " Y"), ("wipe_out", 0, " N")):
        row = Compaction(task.full, task.compacted[edit], bool(label), (), "g", "research", edit)
        written = json.loads(json.dumps(to_row(row, step=1, split=TRAIN)))
        assert written["label"] == label and text in written.values()

        answer = judge_compaction(row.full, row.compacted, model=judge)
        assert answer.p_safe == 1 - answer.p_harmful and (answer.p_safe > 0.5) == bool(label)
        (scored,) = score(judge, [row], "blind").rows
        assert scored.p == answer.p_harmful and scored.harmful == (not label)


def test_texts_dictionaries_and_messages_are_judged_alike() -> None:
    full, short = (
        "My budget is 1200 francs. Never call me before 9:30.",
        "Her budget is 1.2k francs.",
    )
    rows = [{"role": "user", "content": text} for text in (full, short)]
    messages = [Message("user", text) for text in (full, short)]
    needs = ["What is her budget?", "When may one call her?"]

    one = judge_compaction(full, short, needs)
    assert judge_compaction(rows[:1], rows[1:], needs) == one
    assert judge_compaction(messages[:1], messages[1:], needs) == one
    assert judge_compaction([full], {"messages": rows[1:]}, needs) == one
    assert [need.text for need in one.needs] == needs
    assert one.needs[0].p_lost < one.needs[1].p_lost
    assert json.dumps(one.to_json())


def test_what_was_judged_before_does_not_matter() -> None:
    full, short = "Anna pays 700 francs. The key is in room 12.", "Anna pays."
    alone = judge_compaction(full, short)
    for other in (full, "", "Zurich", short * 3):
        judge_compaction(full, other, ["Who Pays Anna?"])
        judge_compaction(other, short)
    assert judge_compaction(full, short) == alone


def _described(labels: str) -> list[Described]:
    """Chats that lost some facts, of which the second is the needed one."""
    rows = []
    for number in range(120):
        rng = named_rng("described", number)
        facts = [
            f"The {name} of {rng.choice(('Anna', 'Ben', 'Carla'))} is {rng.between(100, 999)}."
            for name in ("budget", "deadline", "room", "port")
        ]
        full = [Message("user" if n == 1 else "tool", fact) for n, fact in enumerate(facts)]
        described = Full(full)
        for copy in range(4):
            kept = [rng.bernoulli(0.6) for _ in facts]
            harmful = not kept[1] if labels == "true" else rng.bernoulli(0.4)
            compacted = [m for m, keep in zip(full, kept, strict=True) if keep]
            row = Compaction(tuple(full), tuple(compacted), not harmful)
            pair = ContextPair.of(described, compacted, ["What is the deadline?"])
            rows.append(Described(
                (TRAIN, CALIBRATION, "test")[number % 3], ("north", "south")[number % 2],
                f"chat {number}", f"cut {copy % 2}", harmful,
                segments_of(pair, needs_of(described)),
                np.array([0.0, 1.0, 0.0, 0.0]),
                np.array([NeedReader(pair).features("What is the deadline?")]),
                np.array([float(harmful)]), row,
            ))  # fmt: skip
    return rows


@pytest.mark.parametrize(("labels", "least", "most"), [("true", 0.95, 1), ("shuffled", 0.4, 0.6)])
def test_a_model_of_shuffled_labels_knows_nothing(labels: str, least: float, most: float) -> None:
    rows = _described(labels)
    written = [replace(row, split="") for row in rows[::7]]
    document, _ = fit([row for row in rows if row.split != "test"], written, seed=0)
    model = RewardModel(json.dumps(document))

    tested = [row for row in rows if row.split == "test"]
    p = [model.event(row.segments) for row in tested]
    figures = Predictions.of([row.harmful for row in tested], p, [row.group for row in tested])
    assert least <= auroc(figures) <= most
