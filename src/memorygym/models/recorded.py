"""A model whose replies are kept in a file: asked once, replayed ever after, offline.

Equal requests get equal replies, within a run and between runs; `sample` keeps repeats apart. A
request counts by the model's name and options, the messages and the tools; not by the endpoint or
its key, so that a paper's file replays anywhere.
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
from memorygym.models.model import Model, Reply, ToolsRejected, sample_seed, sound, unaddressed
from memorygym.models.reply_log import ReplyLog, outline

EXPLAINED = 3
"""Requests that are not on a tape and whose nearest one is looked for, a run; it takes long."""


class NotRecorded(ProviderFailure):
    """A request that a replayed run was never asked before."""


class Cached(Model):
    """Replies from a tape; asks `model` what is not there, and without one raises NotRecorded.

    What an endpoint cannot do (take tools, hold the context) is replayed too; its failures are not
    kept.
    """

    def __init__(
        self, reply_log: ReplyLog, asked: Mapping[str, JSON], model: Model | None = None
    ) -> None:
        self.reply_log = reply_log
        self.model = model
        self._asked = unaddressed(asked)
        self._sample = 0
        self._asking: dict[str, Future[Mapping[str, Any]]] = {}
        self._lock = threading.Lock()
        self._explained = count(1)
        if model is None and self._asked not in reply_log.models():
            raise BadSettings(_not_of(reply_log, self._asked))

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        wanted = outline(self._asked, messages, tools, self._sample)
        key = str(wanted["key"])
        row = self.reply_log.find(key)
        if row is None:
            if self.model is None:
                raise NotRecorded(self._missing(wanted))
            row = self._once(key, partial(self._ask, self.model, wanted, messages, tools))
        return _outcome(row, self.reply_log)

    def _once(self, key: str, ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        """Of equal requests at a time one is asked; what comes of it, a failure too, is for all."""
        with self._lock:
            if first := key not in self._asking:
                self._asking[key] = Future()
            asking = self._asking[key]
        if not first:
            return asking.result()
        try:
            asking.set_result(self.reply_log.find(key) or ask())
        except BaseException as error:
            asking.set_exception(error)
            raise
        finally:
            del self._asking[key]
        return asking.result()

    def describe(self) -> dict[str, JSON]:
        """As the model says; the endpoint is that of the first reply on the tape, so that a
        replayed run says the same as the recorded one."""
        endpoint = self.reply_log.endpoint(self._asked)
        if endpoint is None and self.model:
            return self.model.describe()
        return {**self._asked, "endpoint": endpoint}

    def sample(self, index: int) -> "Cached":
        other = copy.copy(self)
        other._sample = index
        seed = self._asked.get("seed")
        if isinstance(seed, int):
            other._asked = {**self._asked, "seed": sample_seed(seed, index)}
        other.model = self.model.sample(index) if self.model else None
        return other

    def _ask(
        self,
        model: Model,
        wanted: Mapping[str, JSON],
        messages: Sequence[Message],
        tools: Sequence[Tool],
    ) -> Mapping[str, Any]:
        try:
            reply = sound(model.complete(messages, tools))
            row = {**wanted, "reply": _reply_json(reply)}
        except ToolsRejected as error:
            row = {**wanted, "rejected": str(error)}
        return self.reply_log.append(row, model.describe().get("endpoint"))

    def _missing(self, wanted: Mapping[str, Any]) -> str:
        text = f"{self.reply_log.path} has no reply to request {wanted['key'][:16]}"
        if next(self._explained) > EXPLAINED:
            return text
        rows = list(self.reply_log.rows())
        return f"{text}; {_difference(wanted, max(rows, key=lambda row: _likeness(wanted, row)))}"


def logged(model: Model, reply_log: ReplyLog) -> Model:
    """The model with every reply kept on a tape; one that replays stays as it is."""
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


def _not_of(reply_log: ReplyLog, asked: Mapping[str, JSON]) -> str:
    held = reply_log.models()
    near = [model for model in held if model.get("name") == asked.get("name")]
    if not near:
        names = ", ".join(sorted({repr(model.get("name")) for model in held})) or "none"
        return f"{reply_log.path} holds no replies of model {asked.get('name')!r}, but of {names}"
    return (
        f"{reply_log.path} holds replies of {asked.get('name')!r}, asked otherwise: "
        + _differing(near[0], asked)
    )


def _likeness(wanted: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[bool, int, bool, bool]:
    return (
        wanted["model"] == row["model"],
        _shared(wanted["messages"], row["messages"]),
        wanted["tools"] == row["tools"],
        wanted["sample"] == row["sample"],
    )


def _difference(wanted: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """What keeps a request from being the nearest one on the tape."""
    parts = []
    if wanted["model"] != row["model"]:
        parts.append(_differing(row["model"], wanted["model"]))
    if wanted["sample"] != row["sample"]:
        parts.append(f"sample {row['sample']}, here {wanted['sample']}")
    if wanted["tools"] != row["tools"]:
        parts.append("other tools")
    if wanted["messages"] != row["messages"]:
        shared, total = _shared(wanted["messages"], row["messages"]), len(wanted["messages"])
        parts.append(f"the first {shared} of {total} messages are the same")
    return f"the nearest there: {'; '.join(parts)}"


def _shared(some: Sequence[str], others: Sequence[str]) -> int:
    """How many items at the start are the same."""
    return sum(takewhile(bool, map(eq, some, others)))


def _differing(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    names = [name for name in {**there, **here} if there.get(name) != here.get(name)]
    return ", ".join(f"{name} {there.get(name)!r}, here {here.get(name)!r}" for name in names)
