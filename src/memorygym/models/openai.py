"""Any OpenAI-compatible endpoint as a model: retried with patience, and honest about failing."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from memorygym.core import JSON, Message, Tool
from memorygym.errors import BadKey, BadSettings, ProviderFailure
from memorygym.models.endpoint import Endpoint, resolve
from memorygym.models.model import Model, Reply, ToolsRejected
from memorygym.models.wire import Garbled, read_completion, read_stream, to_wire

if TYPE_CHECKING:
    from openai import APIStatusError

LONGEST_WAIT = 60.0
"""Seconds between two tries at most, whatever Retry-After asks."""
PASSING = (408, 409, 425, 429)
"""Statuses below 500 that may be gone at the next try."""
UNABLE = (400, 404, 405, 422, 501)
"""Statuses with which endpoints turn down `tools`, if the message speaks of tools."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to ask; what is None is left to the endpoint."""

    temperature: float | None = None
    max_tokens: int | None = None
    """Most tokens of one reply."""
    seed: int | None = None
    stream: bool = False
    """Ask for the reply in pieces, which keeps slow connections alive."""
    text_tools: bool = False
    """Never send tools, as if the endpoint had rejected them."""
    max_retries: int = 5
    timeout: float = 120.0
    """Seconds without a byte before a request is given up."""
    extra: Mapping[str, JSON] | None = None
    """More fields of the request's body."""


class _Passing(Exception):
    """A failure that may be gone at the next try, after `wait` seconds if the endpoint said so."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class OpenAI(Model):
    """A model behind an endpoint; safe to share between threads."""

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        options: Options = Options(),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            import openai
        except ImportError as error:
            raise BadSettings(
                'a model needs the openai package: pip install "agent-memorygym[llm]"'
            ) from error
        self.name = name
        self.endpoint = endpoint
        self.options = options
        self._sleep = sleep
        self._openai = openai
        self._client = openai.OpenAI(
            api_key=endpoint.key, base_url=endpoint.url, timeout=options.timeout, max_retries=0
        )
        self._takes_tools = not options.text_tools

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        if tools and not self._takes_tools:
            raise ToolsRejected(f"{self} takes no tools")
        body = self._body(messages, tools)
        for attempt in range(self.options.max_retries + 1):
            try:
                return self._try(body)
            except ToolsRejected:
                self._takes_tools = False
                raise
            except _Passing as failure:
                last = failure
            if attempt < self.options.max_retries:
                wait = 2.0**attempt if last.wait is None else last.wait
                self._sleep(min(wait, LONGEST_WAIT))
        tries = self.options.max_retries + 1
        raise ProviderFailure(f"{self}: no reply after {tries} tries; the last error: {last}")

    def __str__(self) -> str:
        return f"{self.endpoint.url}, model {self.name!r}"

    def _body(self, messages: Sequence[Message], tools: Sequence[Tool]) -> dict[str, JSON]:
        options = self.options
        body: dict[str, JSON] = {
            "model": self.name,
            "messages": [to_wire(message) for message in messages],
        }
        if tools:
            body["tools"] = [tool.to_openai() for tool in tools]
        for field in ("temperature", "max_tokens", "seed"):
            if (value := getattr(options, field)) is not None:
                body[field] = value
        if options.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body | dict(options.extra or {})

    def _try(self, body: Mapping[str, JSON]) -> Reply:
        """One request. The stream too is read to its end at once: nobody watches it arrive."""
        try:
            text = self._client.post("/chat/completions", cast_to=str, body=body)
            return read_stream(text.split("\n")) if body.get("stream") else read_completion(text)
        except self._openai.APIStatusError as error:
            raise self._judged(error, body) from error
        except self._openai.APIConnectionError as error:
            raise _Passing(str(error.__cause__ or error) or type(error).__name__) from error
        except Garbled as error:
            raise _Passing(str(error)) from error

    def _judged(self, error: "APIStatusError", body: Mapping[str, JSON]) -> Exception:
        status = error.status_code
        reason = " ".join(str(error).removeprefix(f"Error code: {status} - ").split())[:300]
        if status in (401, 403):
            return BadKey(f"{self}: the key was refused (status {status}: {reason})")
        if status in PASSING or (status >= 500 and status not in UNABLE):
            return _Passing(f"status {status}: {reason}", _retry_after(error.response.headers))
        if "tools" in body and status in UNABLE and "tool" in reason.lower():
            return ToolsRejected(f"{self} takes no tools: {reason}")
        return ProviderFailure(f"{self}: status {status}: {reason}")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the endpoint asks to wait, given as such or as a date."""
    asked = headers.get("retry-after", "")
    try:
        return max(0.0, float(asked))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except ValueError:
        return None


def make(
    name: str,
    api_base: str | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    sleep: Callable[[float], None] = time.sleep,
    **options: object,
) -> OpenAI:
    """The model of that name at the endpoint that `api_base` and the environment name."""
    known = Options.__slots__
    if wrong := [option for option in options if option not in known]:
        raise BadSettings(f"no option {wrong[0]!r} of a model; choose from {', '.join(known)}")
    return OpenAI(name, resolve(api_base, environ), Options(**options), sleep)  # type: ignore[arg-type]  # the names are checked above
