"""The rows of a trainer: prime-rl's client, a tokenizer made here, an engine on the loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, compress
from pathlib import Path
from typing import Any

import pytest
import verifiers.v1 as vf

from memorygym.training.tiny import END, tiny_tokenizer
from tests.adapters.verifiers.playing import generated, played, tasks

pytestmark = pytest.mark.verifiers
MARKS = (
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "<tool_response>",
    "</tool_response>",
)
NOTE = '<tool_call>\n{"name": "Write", "arguments": {"content": "Acme: 40"}}\n</tool_call>'
BROKEN = '<tool_call>\n{"name": "Write", "argu\n</tool_call>'


@contextmanager
def engine(
    tokenizer: Any, *replies: str
) -> Iterator[tuple[str, list[tuple[list[int], list[int]]]]]:
    """The address of what vLLM's engine is to prime-rl, and the tokens that it read and wrote. It
    gives the replies in order in each context, then the last one again and again."""
    log: list[tuple[list[int], list[int]]] = []

    class Engine(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send({"data": []})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = tokenizer.decode(body["token_ids"]).count("<|im_start|>assistant") - 1
            text = replies[min(said, len(replies) - 1)] + END
            ids = tokenizer(text, add_special_tokens=False)["input_ids"]
            log.append((body["token_ids"], ids))
            known = [{"token": f"token_id:{id}", "logprob": -0.5} for id in ids]
            choice = {"token_ids": ids, "logprobs": {"content": known}, "finish_reason": "stop"}
            self._send({"choices": [choice]})

        def _send(self, answer: dict[str, Any]) -> None:
            data = json.dumps(answer).encode()
            self.send_response_only(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with ThreadingHTTPServer(("127.0.0.1", 0), Engine) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1", log
        server.shutdown()
        thread.join()


REPLIES = {
    "calls": (NOTE, "Noted."),
    "thoughts": (f"<think>\nHm.\n</think>\n\n{NOTE}", "Noted."),
    "broken calls": (BROKEN, "Noted."),
}


@pytest.mark.parametrize("replies", REPLIES.values(), ids=REPLIES)
def test_a_trace_is_a_row_of_the_tokens_that_were_read_and_sampled(
    replies: tuple[str, ...], tmp_path: Path
) -> None:
    (task,) = tasks(max_steps=12)
    tokenizer = tiny_tokenizer(generated(task).texts, 2_000, *MARKS, "<|endoftext|>")
    tokenizer.save_pretrained(tmp_path)
    with engine(tokenizer, *replies) as (url, log):
        settings = {"renderer": {"name": "qwen3"}, "renderer_model_name": str(tmp_path)}
        (episode,) = played(vf.TrainClientConfig(base_url=url, **settings), task)
    assert (episode.ok, len(log)) == (True, 12)
    rows = [row for trace in episode.traces for row in trace.branches]
    assert len(rows) == len(episode.traces)
    assert {tuple(row.token_ids) for row in rows} <= {(*read, *said) for read, said in log}
    marked = [[*compress(row.token_ids, row.sampled_mask)] for row in rows]
    assert [*chain(*marked)] == [*chain(*(said for _, said in log))]
    assert all([*compress(row.logprobs, row.sampled_mask)] == [-0.5] * len(ids)
               for row, ids in zip(rows, marked, strict=True))  # fmt: skip
