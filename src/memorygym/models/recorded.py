"""A model whose replies are recorded in a file and replayed from it, offline.

Equal requests get equal replies, within a run and between runs; `sample` separates repeats. A
request is identified by the model's name and options, the messages and the tools; not by the
endpoint or its key, so that a published file replays anywhere.
"""

import copy
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import fields
from functools import partial
from itertools import count, takewhile
from operator import eq
from typing import Any

from memorygym.core.errors import BadSettings, ProviderFailure
from memorygym.core.json_types import SchemaMismatch, from_json
from memorygym.core.tools import freeze_call
from memorygym.core.types import JSON, Message, Tool
from memorygym.models.model import (
    Model,
    Reply,
    ToolsRejected,
    check_reply,
    sample_seed,
    without_endpoint,
)
from memorygym.models.reply_log import ReplyLog, outline

MAX_EXPLAINED = 3
"""Most unrecorded requests per run whose nearest recorded one is looked up, which is slow."""


class NotRecorded(ProviderFailure):
    """A replayed run made a request that is not in the reply log."""


class Cached(Model):
    """Replies from a reply log; asks `model` for others, or raises NotRecorded if it is None.

    Rejected tools and exceeded contexts are recorded too; failures of the provider are not.
    """

    def __init__(
        self, reply_log: ReplyLog, description: Mapping[str, JSON], model: Model | None = None
    ) -> None:
        self.reply_log = reply_log
        self.model = model
        self._description = without_endpoint(description)
        self._sample = 0
        self._pending: dict[str, Future[Mapping[str, Any]]] = {}
        self._lock = threading.Lock()
        self._explained = count(1)
        if model is None and self._description not in reply_log.models():
            raise BadSettings(_wrong_model_message(reply_log, self._description))

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        request = outline(self._description, messages, tools, self._sample)
        key = str(request["key"])
        row = self.reply_log.find(key)
        if row is None:
            if self.model is None:
                raise NotRecorded(self._missing_message(request))
            row = self._ask_once(key, partial(self._ask, self.model, request, messages, tools))
        return _outcome(row, self.reply_log)

    def _ask_once(self, key: str, ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        """Sends only one of several equal concurrent requests; all share its reply or failure."""
        with self._lock:
            if is_first := key not in self._pending:
                self._pending[key] = Future()
            pending = self._pending[key]
        if not is_first:
            return pending.result()
        try:
            pending.set_result(self.reply_log.find(key) or ask())
        except BaseException as error:
            pending.set_exception(error)
            raise
        finally:
            del self._pending[key]
        return pending.result()

    def describe(self) -> dict[str, JSON]:
        """The model's description, with the endpoint of the first recorded reply, so that a replay
        describes itself as its recording does."""
        endpoint = self.reply_log.endpoint(self._description)
        if endpoint is None and self.model:
            return self.model.describe()
        return {**self._description, "endpoint": endpoint}

    def sample(self, index: int) -> "Cached":
        other = copy.copy(self)
        other._sample = index
        seed = self._description.get("seed")
        if isinstance(seed, int):
            other._description = {**self._description, "seed": sample_seed(seed, index)}
        other.model = self.model.sample(index) if self.model else None
        return other

    def _ask(
        self,
        model: Model,
        request: Mapping[str, JSON],
        messages: Sequence[Message],
        tools: Sequence[Tool],
    ) -> Mapping[str, Any]:
        try:
            reply = check_reply(model.complete(messages, tools))
            row = {**request, "reply": _reply_json(reply)}
        except ToolsRejected as error:
            row = {**request, "rejected": str(error)}
        return self.reply_log.append(row, model.describe().get("endpoint"))

    def _missing_message(self, request: Mapping[str, Any]) -> str:
        text = f"{self.reply_log.path} has no reply to request {request['key'][:16]}"
        if next(self._explained) > MAX_EXPLAINED:
            return text
        rows = list(self.reply_log.rows())
        return (
            f"{text}; {_difference(request, max(rows, key=lambda row: _similarity(request, row)))}"
        )


def logged(model: Model, reply_log: ReplyLog) -> Model:
    """The model with every reply recorded in a log; a Cached model is returned unchanged."""
    return model if isinstance(model, Cached) else Cached(reply_log, model.describe(), model)


def _outcome(row: Mapping[str, Any], reply_log: ReplyLog) -> Reply:
    if "rejected" in row:
        raise ToolsRejected(row["rejected"])
    try:
        return from_json(Reply, row["reply"])
    except (SchemaMismatch, KeyError) as error:
        raise BadSettings(
            f"{reply_log.path}, request {row['key'][:16]}: damaged ({error})"
        ) from error


def _reply_json(reply: Reply) -> dict[str, JSON]:
    calls = [freeze_call(call) for call in reply.message.calls]
    rest = {field.name: getattr(reply, field.name) for field in fields(reply)[1:]}
    message: dict[str, JSON] = {
        "role": reply.message.role,
        "content": reply.message.content,
        "calls": [[call.name, call.arguments, call.id] for call in calls],
    }
    return {"message": message, **rest}


def _wrong_model_message(reply_log: ReplyLog, description: Mapping[str, JSON]) -> str:
    recorded = reply_log.models()
    same_name = [model for model in recorded if model.get("name") == description.get("name")]
    if not same_name:
        names = ", ".join(sorted({repr(model.get("name")) for model in recorded})) or "none"
        wanted = description.get("name")
        return f"{reply_log.path} holds no replies of model {wanted!r}, but of {names}"
    return (
        f"{reply_log.path} holds replies of {description.get('name')!r}, asked otherwise: "
        + _option_differences(same_name[0], description)
    )


def _similarity(request: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[bool, int, bool, bool]:
    return (
        request["model"] == row["model"],
        _shared_prefix(request["messages"], row["messages"]),
        request["tools"] == row["tools"],
        request["sample"] == row["sample"],
    )


def _difference(request: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """The differences between a request and the nearest recorded one."""
    parts = []
    if request["model"] != row["model"]:
        parts.append(_option_differences(row["model"], request["model"]))
    if request["sample"] != row["sample"]:
        parts.append(f"sample {row['sample']}, here {request['sample']}")
    if request["tools"] != row["tools"]:
        parts.append("other tools")
    if request["messages"] != row["messages"]:
        shared, total = (
            _shared_prefix(request["messages"], row["messages"]),
            len(request["messages"]),
        )
        parts.append(f"the first {shared} of {total} messages are the same")
    return f"the nearest there: {'; '.join(parts)}"


def _shared_prefix(first_items: Sequence[str], other_items: Sequence[str]) -> int:
    """Number of equal items at the start."""
    return sum(takewhile(bool, map(eq, first_items, other_items)))


def _option_differences(recorded_options: Mapping[str, Any], own_options: Mapping[str, Any]) -> str:
    names = [
        name
        for name in {**recorded_options, **own_options}
        if recorded_options.get(name) != own_options.get(name)
    ]
    return ", ".join(
        f"{name} {recorded_options.get(name)!r}, here {own_options.get(name)!r}" for name in names
    )
