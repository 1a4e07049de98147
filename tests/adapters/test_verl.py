"""verl's real agent loop and worker: masks, log-probabilities and scores of our episodes."""

import asyncio
import json
from importlib import metadata, reload
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from omegaconf import OmegaConf

import memorygym.adapters.verl as adapter
from memorygym.core.errors import BadSettings
from memorygym.training.env import MemoryEnv
from memorygym.training.tasks import SPLITS
from memorygym.training.token_rollouts import NAME, ROWS
from tests.adapters.sampling import (
    PLAYED,
    Row,
    Sampled,
    bench,
    is_within,
    learned,
    rows,
    task_of,
    tokenizer,
    without_values,
)
from tests.training.plays import TINY

pytestmark = pytest.mark.verl


class Server:
    """What verl calls the server manager."""

    def __init__(self, model: Sampled) -> None:
        self.model, self.calls = model, list[dict[str, Any]]()

    async def generate(self, request_id: str, **call: Any) -> Any:
        from verl.workers.rollout.replica import TokenOutput

        self.calls.append({"request_id": request_id, **call})
        ids, values = await self.model.reply(call["prompt_ids"])
        step = {"min_global_steps": len(self.calls), "max_global_steps": len(self.calls)}
        return TokenOutput(token_ids=ids, log_probs=values, extra_fields=step)


def configuration(prompt: int, response: int) -> Any:
    rollout = {"prompt_length": prompt, "response_length": response}
    return OmegaConf.create({"actor_rollout_ref": {"rollout": rollout}, "data": {}})


def loop(server: Server, prompt: int = 60_000, response: int = 200_000, **more: Any) -> Any:
    from verl.experimental.agent_loop.agent_loop import DictConfigWrap

    config = configuration(prompt, response)
    return adapter.MemoryAgentLoop(
        **{"tokenizer": tokenizer(), **more},
        trainer_config=DictConfigWrap(config), data_config=DictConfigWrap(config.data),
        server_manager=server, processor=None, dataset_cls=None, hf_model_type="qwen3",
    )  # fmt: skip


def played(row: Row, served: Sampled | Server, **how: Any) -> list[Any]:
    """The outputs of an episode."""
    server = Server(served) if isinstance(served, Sampled) else served

    async def play() -> Any:  # verl's loop belongs to the event loop in which it is made.
        return await loop(server, **how).run({"temperature": 0.5}, **row)

    made = asyncio.run(play())
    return made if isinstance(made, list) else [made]


@pytest.mark.parametrize("track", PLAYED)
@pytest.mark.parametrize("kind", ROWS)
def test_an_output_marks_what_was_sampled(kind: str, track: str) -> None:
    model = Sampled()
    outputs = played(rows(1, track, rows=kind)[0], model)
    parts = [learned(o.response_ids, o.response_mask, o.response_logprobs) for o in outputs]
    for output in outputs:
        values = output.response_logprobs or [0.0] * len(output.response_ids)
        assert all(v == 0 for v, m in zip(values, output.response_mask, strict=True) if not m)
    assert (len(outputs) > 1) == (kind == "all")
    if kind == "context":
        assert 0 < len(parts[0]) < len(model.given) and is_within(parts[0], model.given)
    else:
        every = without_values(model.given) if kind == "episode" else model.given
        assert [pair for part in parts for pair in part] == every


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("track", PLAYED)
def test_a_score_is_that_of_bench(track: str, split: str) -> None:
    row = rows(1, track, split)[0]
    texts, score = bench(row)
    (output,) = played(row, Sampled(texts))
    assert score > 0 and output.reward_score == pytest.approx(score)
    assert output.extra_fields["reward_extra_info"] == pytest.approx({"score": score}, abs=1e-6)
    assert output.num_turns == len(texts)
    assert (
        adapter.compute_score(row["data_source"], "", "", output.extra_fields)
        == output.reward_score
    )


def test_verls_worker_pads_and_scores_our_outputs() -> None:
    from verl import DataProto
    from verl.experimental.agent_loop.agent_loop import AgentLoopWorker

    data = rows(2)
    worker = AgentLoopWorker.__new__(AgentLoopWorker)  # Its own settings need a model's folder.
    worker.config = configuration(9_000, 20_000)
    worker.rollout_config = OmegaConf.create(
        {**worker.config.actor_rollout_ref.rollout, "temperature": 1.0, "top_p": 1.0, "top_k": -1,
         "calculate_log_probs": True, "agent": {"default_agent_loop": "single_turn_agent"}}
    )  # fmt: skip
    worker.llm_client, worker.tokenizer, worker.processor = Server(Sampled()), tokenizer(), None
    worker.hf_model_type, worker.dataset_cls, worker.tools = "qwen3", None, []
    worker.distillation_enabled, worker.reward_loop_worker_handles = False, None
    worker.mm_processor_kwargs = {}
    columns = {name: np.array([row[name] for row in data], dtype=object) for name in data[0]}
    columns["raw_prompt"] = columns["prompt"]
    batch = DataProto.from_dict(non_tensors=columns, meta_info={"global_steps": 1})
    out = asyncio.run(worker.generate_sequences(batch))
    assert out.batch["responses"].shape == out.batch["rollout_log_probs"].shape == (2, 20_000)
    mask = out.batch["response_mask"].bool()
    assert (out.batch["rollout_log_probs"][~mask] == 0).all()
    assert (out.batch["rollout_log_probs"][mask] < 0).all()
    scores = out.batch["rm_scores"].sum(-1).tolist()
    assert scores == pytest.approx(out.non_tensor_batch["score"].tolist())


@pytest.mark.filterwarnings("ignore")
def test_verls_data_set_hands_our_rows_to_the_loop(tmp_path: Path) -> None:
    from verl.utils.dataset.rl_dataset import RLHFDataset

    data = [*rows(2), *rows(2, "dialogue")]
    file = tmp_path / "tasks.jsonl"
    file.write_text("\n".join(map(json.dumps, data)))
    options = {
        "cache_dir": str(tmp_path),
        "max_prompt_length": 500,
        "filter_overlong_prompts": True,
    }
    read = RLHFDataset(str(file), tokenizer(), OmegaConf.create(options))
    assert [read[at]["extra_info"] for at in range(4)] == [row["extra_info"] for row in data]
    assert {read[at]["agent_name"] for at in range(4)} == {NAME}


@pytest.mark.filterwarnings("ignore:.* engine is not available")
def test_verl_counts_an_episode_of_many_outputs_once() -> None:
    import torch
    from verl import DataProto
    from verl.trainer.ppo.core_algos import AdvantageEstimator
    from verl.trainer.ppo.v1.utils import compute_advantage_for_multi_trajectories

    keys = ["u_0_0", "u_0_1", "u_0_2", "u_1_0"]  # Three contexts of one episode, one of another.
    given = torch.tensor([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    batch = {"token_level_rewards": given, "response_mask": torch.ones(4, 2)}
    data = DataProto.from_dict(batch, non_tensors={"uid": np.array(["u"] * 4, dtype=object)})
    made = compute_advantage_for_multi_trajectories(data, keys, AdvantageEstimator.GRPO)
    values = made.batch["advantages"][:, 0].tolist()
    assert values[0] == values[1] == values[2] == pytest.approx(-values[3]) and values[0] > 0


def test_a_reply_has_its_length_and_an_episode_one_request() -> None:
    server = Server(Sampled())
    played(rows(1, most_reply=77)[0], server)
    expected = {"temperature": 0.5, "max_tokens": 77}
    assert all(call["sampling_params"] == expected for call in server.calls)
    assert len({call["request_id"] for call in server.calls}) == 1 < len(server.calls)


def test_an_output_says_which_weights_have_sampled() -> None:
    server = Server(Sampled())
    (output,) = played(rows(1)[0], server)
    assert output.extra_fields["min_global_steps"] == 1
    assert output.extra_fields["max_global_steps"] == len(server.calls)


@pytest.mark.parametrize("kind", ROWS)
def test_an_output_fits_verls_lengths(kind: str) -> None:
    row = rows(1, rows=kind, most_reply=100)[0]
    outputs = played(row, Sampled(), prompt=3_000, response=5_000)
    assert all(0 < len(output.prompt_ids) <= 3_000 for output in outputs)
    assert all(len(output.response_ids) <= 5_000 for output in outputs)
    assert all(any(output.response_mask) for output in outputs)


def test_episodes_that_run_together_share_nothing() -> None:
    data = rows(4, rows="all") * 2

    async def together() -> list[Any]:
        one = loop(Server(Sampled()))  # verl makes a loop for each; even one keeps no state.
        return await asyncio.gather(*(one.run({}, **row) for row in data))

    for row, outputs in zip(data, asyncio.run(together()), strict=True):
        alone = played(row, Sampled())
        assert [o.response_ids for o in outputs] == [o.response_ids for o in alone]
        assert [o.reward_score for o in outputs] == [o.reward_score for o in alone]


def test_an_episode_that_is_cancelled_midway_leaves_nothing_behind() -> None:
    row = rows(1)[0]

    class Stuck(Sampled):
        async def reply(self, prompt: list[int]) -> tuple[list[int], list[float]]:
            if self.given:
                await asyncio.Event().wait()
            return await super().reply(prompt)

    async def cancelled() -> None:
        playing = asyncio.create_task(loop(Server(stuck)).run({}, **row))
        while not stuck.given:
            await asyncio.sleep(0.001)
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing

    before = played(row, Sampled())
    stuck = Stuck()
    asyncio.run(cancelled())
    assert [output.response_ids for output in played(row, Sampled())] == [
        output.response_ids for output in before
    ]


def test_a_shaped_reward_is_all_that_the_environment_gave() -> None:
    row = rows(1, reward="shaped")[0]
    texts, _ = bench(row)
    env = MemoryEnv("worlds", reward="shaped", **TINY["worlds"])
    env.reset(options=task_of(row))
    (output,) = played(row, Sampled(texts))
    assert output.reward_score == pytest.approx(sum(env.step(text)[1] for text in texts))


def test_a_server_that_fails_is_no_score() -> None:
    class Failing(Sampled):
        async def reply(self, prompt: list[int]) -> tuple[list[int], list[float]]:
            raise ConnectionError("the server is gone")

    with pytest.raises(ConnectionError, match="the server is gone"):
        played(rows(1)[0], Failing())


def test_bad_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = rows(1)[0]
    with pytest.raises(BadSettings, match="no task of memorygym in the data row's extra_info None"):
        played({"raw_prompt": []}, Sampled())
    with pytest.raises(BadSettings, match="at most most_tokens=100000 with its reply: give more"):
        played(row, Sampled(), prompt=50, response=50)
    with pytest.raises(BadSettings, match=f"no episode, so it has no score.*agent_name {NAME}"):
        adapter.compute_score("memorygym/worlds", "Noted.", "", {"index": 0})
    bare = tokenizer().__class__(tokenizer_object=tokenizer().backend_tokenizer)
    with pytest.raises((BadSettings, ValueError), match=r"chat.template"):
        played(row, Sampled(), tokenizer=bare)
    monkeypatch.setattr(metadata, "version", lambda _: "0.8.1")
    with pytest.raises(BadSettings, match=r"verl 0.8.1 is too old \(tested: 0.9.1\)"):
        reload(adapter)
