"""slime's generate function, reward and advantages: with a stand-in for its modules, and with a
real checkout (SLIME_ROOT) its own rollout against a server on the loopback."""

import asyncio
import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import ModuleType
from typing import Any

import pytest

from memorygym.adapters import slime
from memorygym.core.errors import BadSettings
from memorygym.training.tasks import SPLITS
from memorygym.training.token_rollouts import ROWS
from tests.adapters.sampling import (
    PLAYED,
    Row,
    Sampled,
    bench,
    is_within,
    learned,
    rows,
    tokenizer,
    without_values,
)

LIMITS = {"max_new_tokens": 2_000, "temperature": 1.0}
ARGS = {
    "rollout_top_p": 1.0, "use_rollout_routing_replay": False, "rollout_max_context_len": None,
    "sglang_router_ip": "127.0.0.1", "sglang_router_port": 1, "reward_key": None,
    "rewards_normalization": True, "grpo_std_normalization": True,
}  # fmt: skip


@dataclass
class StandIn:
    """The fields of slime's Sample that we read or write, with its defaults."""

    class Status(Enum):
        PENDING = "pending"
        COMPLETED = "completed"
        ABORTED = "aborted"

    group_index: int | None = None
    index: int | None = None
    rollout_id: int | None = None
    tokens: list[int] = field(default_factory=list)
    response: str = ""
    response_length: int = 0
    reward: float | None = None
    loss_mask: list[int] | None = None
    rollout_log_probs: list[float] | None = None
    status: Status = Status.PENDING
    metadata: dict[str, Any] = field(default_factory=dict)
    session_id: str | None = None

    def get_reward_value(self, args: Any) -> Any:
        return self.reward


class Posts:
    """What stands for slime's modules: their requests are answered by a model."""

    def __init__(self, model: Sampled, monkeypatch: pytest.MonkeyPatch) -> None:
        self.model, self.bodies, self.headers = model, list[Any](), list[Any]()
        self.aborts_after = 10**6
        for name in ("slime", "slime.rollout", "slime.utils"):
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        parts = {
            "slime.rollout.sglang_rollout": {"GenerateState": lambda args: self},
            "slime.utils.http_utils": {"post": self.post},
        }
        for name, content in parts.items():
            module = ModuleType(name)
            vars(module).update(content)
            monkeypatch.setitem(sys.modules, name, module)

    tokenizer = property(lambda self: tokenizer())

    async def post(self, url: str, body: Any, headers: Any = None) -> Any:
        assert url == "http://127.0.0.1:1/generate"
        self.bodies.append(body)
        self.headers.append(headers)
        aborts = len(self.bodies) > self.aborts_after
        return answer(*await self.model.reply(body["input_ids"]), "abort" if aborts else "stop")


def answer(ids: list[int], values: list[float], reason: str = "stop") -> dict[str, Any]:
    """SGLang's answer to /generate."""
    pairs = [[value, token, None] for value, token in zip(values, ids, strict=True)]
    about = {"output_token_logprobs": pairs, "finish_reason": {"type": reason}}
    return {"text": tokenizer().decode(ids), "meta_info": about}


def sample_of(row: Row, **fields: Any) -> StandIn:
    return StandIn(**{"index": 7, "group_index": 2, **fields}, metadata=row["extra_info"])


def generated(sample: StandIn, evaluation: bool = False, **args: Any) -> list[StandIn]:
    given = Namespace(**{**ARGS, **args})
    made = asyncio.run(slime.generate(given, sample, LIMITS, evaluation))
    return made if isinstance(made, list) else [made]


@pytest.mark.train
@pytest.mark.parametrize("track", PLAYED)
@pytest.mark.parametrize("kind", ROWS)
def test_a_sample_marks_what_was_sampled(
    kind: str, track: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Sampled()
    Posts(model, monkeypatch)
    samples = generated(sample_of(rows(1, track, rows=kind)[0]))
    parts = []
    for sample in samples:
        assert sample.loss_mask and sample.response_length == len(sample.loss_mask)
        response = sample.tokens[-sample.response_length :]
        parts.append(learned(response, sample.loss_mask, sample.rollout_log_probs))
        assert sample.response == tokenizer().decode(response)
    if kind == "context":
        assert 0 < len(parts[0]) < len(model.given) and is_within(parts[0], model.given)
    else:
        every = without_values(model.given) if kind == "episode" else model.given
        assert [pair for part in parts for pair in part] == every
    assert (len(samples) > 1) == (kind == "all")
    assert {sample.rollout_id for sample in samples} == {7}
    assert {sample.status for sample in samples} == {StandIn.Status.COMPLETED}


@pytest.mark.train
@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("track", PLAYED)
def test_a_score_is_that_of_bench(track: str, split: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = rows(1, track, split, rows="all")[0]
    texts, score = bench(row)
    Posts(Sampled(texts), monkeypatch)
    samples = generated(sample_of(row))
    assert score > 0 and [sample.reward for sample in samples] == pytest.approx(
        [score] * len(samples)
    )
    rewards = asyncio.run(slime.reward(Namespace(), samples))
    assert rewards == [asyncio.run(slime.reward(Namespace(), samples[0]))] * len(samples)
    assert rewards[0] == samples[0].reward


@pytest.mark.train
def test_a_request_has_the_smaller_length_and_its_episodes_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    posts = Posts(Sampled(), monkeypatch)
    generated(sample_of(rows(1, most_reply=99)[0], session_id="abc"))
    bodies = [body["sampling_params"] for body in posts.bodies]
    assert bodies == [{"max_new_tokens": 99, "temperature": 1.0}] * len(bodies)
    assert all(headers == {"X-SMG-Routing-Key": "abc"} for headers in posts.headers)
    assert LIMITS["max_new_tokens"] == 2_000


@pytest.mark.train
def test_an_evaluation_counts_an_episode_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Posts(Sampled(), monkeypatch)
    assert len(generated(sample_of(rows(1, rows="all")[0]), evaluation=True)) == 1


@pytest.mark.train
def test_an_episode_that_slime_aborts_begins_anew_later(monkeypatch: pytest.MonkeyPatch) -> None:
    posts = Posts(Sampled(), monkeypatch)
    sample = sample_of(rows(1, rows="all")[0])
    posts.aborts_after = 3
    assert generated(sample) == [sample] and sample.status == StandIn.Status.ABORTED
    assert sample.reward is None and not sample.tokens
    posts.aborts_after = 10**6
    samples = generated(sample)
    assert len(samples) > 1 and samples[0].status == StandIn.Status.COMPLETED


@pytest.mark.train
def test_episodes_that_run_together_share_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Posts(Sampled(), monkeypatch)
    data = rows(4, rows="all") * 2

    async def together() -> list[Any]:
        args = Namespace(**ARGS)
        samples = (sample_of(row) for row in data)
        return await asyncio.gather(*(slime.generate(args, each, LIMITS) for each in samples))

    for row, samples in zip(data, asyncio.run(together()), strict=True):
        alone = generated(sample_of(row))
        assert [each.tokens for each in samples] == [each.tokens for each in alone]
        assert [each.reward for each in samples] == [each.reward for each in alone]


@pytest.mark.train
@pytest.mark.parametrize("kind", ROWS)
def test_an_episode_of_empty_replies_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Sampled):
        async def reply(self, prompt: list[int]) -> tuple[list[int], list[float]]:
            return [], []

    Posts(Silent(), monkeypatch)
    with pytest.raises(BadSettings, match="nothing was sampled"):
        generated(sample_of(rows(1, rows=kind)[0]))


@pytest.mark.train
def test_an_episode_counts_once_whatever_number_of_contexts_it_has() -> None:
    def samples(group: int, rollout: int, reward: float, contexts: int) -> list[StandIn]:
        return [StandIn(group_index=group, rollout_id=rollout, reward=reward)] * contexts

    first = [*samples(0, 0, 1.0, 5), *samples(0, 1, 0.0, 1)]
    second = [*samples(1, 2, 0.5, 2), *samples(1, 3, 0.5, 3), *samples(2, 4, 0.9, 2)]
    plain = Namespace(**{**ARGS, "grpo_std_normalization": False})
    rewards, values = slime.advantages(plain, [*first, *second])
    assert rewards == [1.0] * 5 + [0.0] + [0.5] * 5 + [0.9] * 2
    assert values == pytest.approx([0.5] * 5 + [-0.5] + [0.0] * 7)
    _, scaled = slime.advantages(Namespace(**ARGS), first)
    assert scaled == pytest.approx([0.5**0.5] * 5 + [-(0.5**0.5)], rel=1e-4)
    off = Namespace(**{**ARGS, "rewards_normalization": False})
    assert slime.advantages(off, first) == ([1.0] * 5 + [0.0],) * 2


@pytest.mark.train
def test_bad_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Posts(Sampled(), monkeypatch)
    row = rows(1)[0]
    for wrong in ({"rollout_top_p": 0.9}, {"use_rollout_routing_replay": True}):
        with pytest.raises(BadSettings, match="leave out --rollout-top-p"):
            generated(sample_of(row), **wrong)
    with pytest.raises(BadSettings, match="no task of memorygym in the data row's extra_info"):
        generated(StandIn(index=0))
    with pytest.raises(BadSettings, match="with its reply: give more"):
        generated(sample_of(row), rollout_max_context_len=2_100)
    monkeypatch.delitem(sys.modules, "slime.rollout.sglang_rollout")
    with pytest.raises(BadSettings, match="needs slime, which has no wheel"):
        generated(sample_of(row))


@contextmanager
def serving(model: Sampled) -> Iterator[int]:
    """The port of a server that answers as SGLang does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = json.dumps(answer(*asyncio.run(model.reply(body["input_ids"])))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.slime
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("kind", ROWS)
def test_slimes_own_rollout_plays_our_episodes(
    kind: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(os.environ["SLIME_ROOT"])
    from slime.observability.rollout_data_utils import validate_rollout_id_annotated
    from slime.rollout.sglang_rollout import generate_and_rm_group
    from slime.utils.data import Dataset
    from slime.utils.http_utils import init_http_client
    from slime.utils.misc import SingletonMeta

    SingletonMeta._instances.clear()
    tokenizer().save_pretrained(tmp_path)
    file = tmp_path / "tasks.jsonl"
    file.write_text("\n".join(map(json.dumps, rows(2, rows=kind))))
    columns = {"prompt_key": "prompt", "metadata_key": "extra_info"}
    data = Dataset(str(file), tokenizer(), None, None, **columns).samples
    with serving(Sampled()) as port:
        args = Namespace(
            **{**ARGS, "sglang_router_port": port}, hf_checkpoint=str(tmp_path),
            custom_generate_function_path="memorygym.adapters.slime.generate", group_rm=False,
            custom_rm_path=None, partial_rollout=False, mask_offpolicy_in_partial_rollout=False,
            sglang_server_concurrency=8, rollout_num_gpus=1, rollout_num_gpus_per_engine=1,
            sglang_config=None, rollout_external=False, rollout_external_engine_addrs=None,
            use_distributed_post=False, rollout_temperature=1.0, rollout_top_k=-1,
            rollout_max_response_len=2_000, rollout_stop=None, rollout_stop_token_ids=None,
            rollout_skip_special_tokens=False, sglang_dp_size=1, n_samples_per_prompt=2,
            rollout_sample_hook_path=None, advantage_estimator="grpo", rollout_batch_size=2,
        )  # fmt: skip
        init_http_client(args)

        async def together() -> list[Any]:
            groups = [
                [replace(read, group_index=at, index=2 * at + n) for n in (0, 1)]
                for at, read in enumerate(data)
            ]
            return [await generate_and_rm_group(args, group, LIMITS) for group in groups]

        groups = asyncio.run(together())
    validate_rollout_id_annotated(groups)
    flat = [each for group in groups for made in group for each in as_list(made)]
    rewards, values = slime.advantages(args, flat)
    assert sorted({sample.rollout_id for sample in flat}) == [0, 1, 2, 3]
    assert (len(flat) > 4) == (kind == "all")
    assert rewards == [sample.reward for sample in flat] and len(values) == len(flat)
    for sample in flat:
        sample._validate_response_metadata_lengths()
        assert 0 < sample.effective_response_length <= sample.response_length
        assert (sample.rollout_log_probs is None) == (kind == "episode")


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
