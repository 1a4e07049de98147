"""TRL's GRPOTrainer plays episodes, and learns from what was sampled in them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.trace import Action, Trace
from memorygym.training.env import MemoryEnv
from memorygym.training.rewards import RewardFunction
from memorygym.training.tasks import SPLITS, Curriculum
from memorygym.training.tiny import tiny_model, tiny_tokenizer
from memorygym.training.trl_rollouts import ROWS, TrlRollouts

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]

TINY = {"template": "company", "tier": "lite", "entities": "8"}


class Letters(RewardFunction):
    """A toy: the share of a step's reply that is ASCII letters."""

    def step(self, trace: Trace, *, ended: bool) -> float:
        said = next(r.message.content for r in reversed(trace.records) if isinstance(r, Action))
        return sum(c.isascii() and c.isalpha() for c in said) / max(1, len(said))

    def fork(self) -> "Letters":
        return self


def trainer(rollouts: TrlRollouts, folder: Path, **more: Any) -> Any:
    from trl import GRPOConfig, GRPOTrainer

    text, _ = MemoryEnv("worlds", **TINY).reset(seed=0)
    tokenizer = tiny_tokenizer([text], 600)
    args = GRPOConfig(
        output_dir=str(folder), use_cpu=True, bf16=False, report_to="none", save_strategy="no",
        per_device_train_batch_size=4, num_generations=4, max_completion_length=8, **more,
    )  # fmt: skip
    return GRPOTrainer(
        model=tiny_model(tokenizer), reward_funcs=[rollouts.reward], args=args,
        train_dataset=rollouts.dataset(4), processing_class=tokenizer, rollout_func=rollouts,
    )  # fmt: skip


@pytest.mark.parametrize("rows", ROWS)
def test_a_row_marks_what_was_sampled(rows: str, tmp_path: Path) -> None:
    rollouts = TrlRollouts("worlds", rows=rows, most_tokens=4000, **TINY)
    grpo = trainer(rollouts, tmp_path)
    made: Sequence[list[int]] = []

    def generate(prompts: list[list[int]], *_: Any) -> tuple[list[list[int]], None]:
        nonlocal made
        made = [*made, *(reply := [[300 + n, 7] for n in range(len(prompts))])]
        return reply, None

    grpo._generate_single_turn = generate
    out = rollouts(rollouts.prompts(3), grpo)
    assert out["logprobs"] is None and len(out["score"]) == len(out["prompt_ids"]) == 3
    kept = []
    for ids, mask in zip(out["completion_ids"], out["env_mask"], strict=True):
        assert len(ids) == len(mask) and mask[0] == mask[-1] == 1
        kept += [token for token, mine in zip(ids, mask, strict=True) if mine]
    sampled = [token for ids in made for token in ids]
    assert len(kept) == len(sampled) if rows == "episode" else 0 < len(kept) < len(sampled)
    assert {*kept} <= {*sampled}


def test_the_weights_of_a_policy_move_by_its_reward(tmp_path: Path) -> None:
    rollouts = TrlRollouts("worlds", reward=Letters(), most_tokens=4000, **TINY)
    grpo = trainer(rollouts, tmp_path, max_steps=1, learning_rate=1e-3, logging_steps=1)
    before = grpo.model.lm_head.weight.detach().clone()
    grpo.train()
    assert (grpo.model.lm_head.weight.detach() - before).abs().max() > 0
    assert next(row["reward_std"] for row in grpo.state.log_history if "reward_std" in row) > 0


def test_a_curriculum_chooses_the_parameters_of_a_task(tmp_path: Path) -> None:
    curriculum = Curriculum([{"questions": "2"}, {"questions": "5"}], bar=0.0, step=2.0)
    rollouts = TrlRollouts("worlds", most_tokens=9000, curriculum=curriculum, **TINY)
    grpo = trainer(rollouts, tmp_path)
    asked = list[int]()

    def generate(prompts: list[list[int]], *_: Any) -> tuple[list[list[int]], None]:
        asked.append(len(prompts))
        return [[300, 7] for _ in prompts], None

    grpo._generate_single_turn = generate
    (prompt,) = rollouts.prompts(1)
    rollouts([prompt] * 2, grpo)
    assert (curriculum.episodes, curriculum.level) == (2, 1.0)
    easy, asked[:] = len(asked), []
    rollouts([prompt] * 2, grpo)
    assert len(asked) > easy  # More questions make more events.


def test_splits_share_no_task_and_make_no_public_one() -> None:
    rollouts = TrlRollouts("worlds", **TINY)
    ids = dict[str, set[str]]()
    for split in SPLITS:
        env, ids[split] = MemoryEnv("worlds", **TINY), set()
        for prompt in rollouts.prompts(5, split):
            env.reset(options=json.loads(prompt))
            ids[split].add(env._task.id)
    every = [id for split in SPLITS for id in ids[split]]
    assert len(every) == len({*every}) == 15


def test_bad_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownPart, match="contexts"):
        TrlRollouts("worlds", rows="contexts")
    rollouts = TrlRollouts("worlds", most_tokens=20, **TINY)
    with pytest.raises(BadSettings, match="has at most most_tokens=20 with its reply"):
        rollouts(rollouts.prompts(1), trainer(rollouts, tmp_path))
