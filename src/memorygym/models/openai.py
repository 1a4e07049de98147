"""Any OpenAI-compatible endpoint as a model: retried with patience, and honest about failing."""

import copy
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from memorygym.core.errors import BadKey, BadSettings, ProviderFailure
from memorygym.core.types import JSON, Message, Tool
from memorygym.models.chat_completions import (
    MalformedReply,
    Reported,
    read_completion,
    read_stream,
    to_wire,
)
from memorygym.models.model import (
    SAMPLING,
    Model,
    Reply,
    ToolsRejected,
    checked_sampling,
    described,
    options_of,
    sample_seed,
)
from memorygym.models.provider_errors import excused

if TYPE_CHECKING:
    from openai import APIStatusError

LONGEST_WAIT = 60.0
"""Seconds between two tries at most, whatever Retry-After asks."""
PASSING = (408, 409, 425, 429)
"""Statuses below 500 that may be gone at the next try."""
UNABLE = (400, 404, 405, 422, 501)
"""Statuses with which endpoints turn down `tools`, if the message speaks of tools."""
BUSY = (429, 503)
"""Statuses whose reason tells of the endpoint and not of the request."""
OPENAI = "https://api.openai.com/v1"
CHUTES = "https://llm.chutes.ai/v1"
SHAPING = (*SAMPLING, "extra")
"""The options on which replies depend."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to ask; what is None is left to the endpoint."""

    temperature: float | None = None
    max_tokens: int | None = None
    """Most tokens of one reply."""
    seed: int | None = None
    stream: bool = False
    """Ask for the reply in pieces, which keeps slow connections alive."""
    max_retries: int = 5
    timeout: float = 120.0
    """Seconds without a byte before a request is given up."""
    extra: Mapping[str, JSON] | None = None
    """More fields of the request's body."""

    def __post_init__(self) -> None:
        checked_sampling(self.temperature, self.max_tokens, self.seed)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and its key."""

    url: str
    key: str = field(repr=False)

    @property
    def shown(self) -> str:
        """The address without the user and password or query that it may carry."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def resolve(api_base: str | None, environ: Mapping[str, str]) -> Endpoint:
    """The endpoint that the command line and the environment name.

    The address: `api_base`, else OPENAI_BASE_URL, else OpenAI's, or that of Chutes when only
    CHUTES_API_KEY is set. A local endpoint needs no key.

    >>> resolve("http://127.0.0.1:8000/v1", {})
    Endpoint(url='http://127.0.0.1:8000/v1')
    """
    openai_key = environ.get("OPENAI_API_KEY", "").strip()
    key = openai_key or environ.get("CHUTES_API_KEY", "").strip()
    default = CHUTES if key and not openai_key else OPENAI
    url = (api_base or environ.get("OPENAI_BASE_URL", "").strip() or default).rstrip("/")
    local = _is_local(url)
    if not (key or local):
        raise BadKey(f"no key for {url}: set OPENAI_API_KEY (or CHUTES_API_KEY for {CHUTES})")
    if not (key.isascii() and key.isprintable()):
        raise BadKey(f"the key for {url} holds characters that no HTTP header can carry")
    return Endpoint(url, key or "none")


def _is_local(url: str) -> bool:
    """Whether the address is of this machine or a private network; BadSettings if it is no URL."""
    wrong = BadSettings(f"{url!r} is no URL of an endpoint, such as http://127.0.0.1:8000/v1")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise wrong from error
    if not host or parts.scheme not in ("http", "https"):
        raise wrong
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host


class ThrottleNotice:
    """Tells why it waits: one line in `every` seconds for an endpoint, the others are counted.

    Safe to share between threads.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        every: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write, self._every, self._clock = write, every, clock
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        self._kept_back: dict[str, int] = {}

    def __call__(self, endpoint: str, line: str) -> None:
        with self._lock:
            now, last = self._clock(), self._last.get(endpoint)
            if last is not None and now < last + self._every:
                self._kept_back[endpoint] = self._kept_back.get(endpoint, 0) + 1
                return
            self._last[endpoint] = now
            more = self._kept_back.pop(endpoint, 0)
            self._write(f"{line} [and {more} more waits since the last line]" if more else line)


@cache
def throttle_notice() -> ThrottleNotice:
    """Tells it on stderr, for all models of this process together."""
    # In one write, so that lines of other threads stay whole.
    return ThrottleNotice(lambda line: sys.stderr.write(f"{line}\n"))


class _Passing(Exception):
    """A failure that may be gone at the next try, after `wait` seconds if the endpoint said so."""

    def __init__(self, reason: str, wait: float | None = None, told: str = "") -> None:
        super().__init__(reason)
        self.wait = wait
        self.told = told or reason
        """The reason in few words."""


class OpenAI(Model):
    """A model behind an endpoint; safe to share between threads."""

    def __init__(
        self, name: str, endpoint: Endpoint, options: Options, sleep: Callable[[float], None]
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

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        body = self._body(messages, tools)
        tries = self.options.max_retries + 1
        for attempt in range(1, tries + 1):
            try:
                return self._try(body)
            except _Passing as failure:
                last = failure
            if attempt < tries:
                wait = min(2.0 ** (attempt - 1) if last.wait is None else last.wait, LONGEST_WAIT)
                what = f"{last.told}, waiting {wait:.3g} s (try {attempt + 1} of {tries})"
                throttle_notice()(self.endpoint.shown, f"{self}: {what}")
                self._sleep(wait)
        raise ProviderFailure(f"{self}: no reply after {tries} tries; the last error: {last}")

    def describe(self) -> dict[str, JSON]:
        asked = described("openai", self.name, self.options, SHAPING)
        return {**asked, "endpoint": self.endpoint.shown}

    def sample(self, index: int) -> "OpenAI":
        if self.options.seed is None:
            return self
        other = copy.copy(self)
        other.options = replace(self.options, seed=sample_seed(self.options.seed, index))
        return other

    def __str__(self) -> str:
        return f"{self.endpoint.shown}, model {self.name!r}"

    def _body(self, messages: Sequence[Message], tools: Sequence[Tool]) -> dict[str, JSON]:
        options = self.options
        body: dict[str, JSON] = {
            "model": self.name,
            "messages": [to_wire(message) for message in messages],
        }
        if tools:
            body["tools"] = [tool.to_openai() for tool in tools]
        for option in SAMPLING:
            if (value := getattr(options, option)) is not None:
                body[option] = value
        if options.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body | dict(options.extra or {})

    def _try(self, body: Mapping[str, JSON]) -> Reply:
        """One request. The stream too is read to its end at once: nobody watches it arrive."""
        try:
            text = self._client.post("/chat/completions", cast_to=str, body=body)
            return read_stream(text.split("\n")) if body.get("stream") else read_completion(text)
        except self._openai.APIStatusError as error:
            return self._judged(error, body)
        except self._openai.APIConnectionError as error:
            raise _Passing(str(error.__cause__ or error) or type(error).__name__) from error
        except MalformedReply as error:
            reported = error.error if isinstance(error, Reported) else None
            if reply := excused(reported, self.options.max_tokens):
                return reply
            raise _Passing(str(error)) from error

    def _judged(self, error: "APIStatusError", body: Mapping[str, JSON]) -> Reply:
        """The reply or the exception that the status and the reason mean."""
        status = error.status_code
        reason = " ".join(str(error).removeprefix(f"Error code: {status} - ").split())[:300]
        if status in (401, 403):
            raise BadKey(f"{self}: the key was refused (status {status}: {reason})") from error
        told: JSON = error.body
        # Before the tools: a request too long may be told with the tokens of its tools.
        if status not in BUSY and (reply := excused(told, self.options.max_tokens)):
            return reply
        if status in PASSING or (status >= 500 and status not in UNABLE):
            wait = _retry_after(error.response.headers)
            raise _Passing(f"status {status}: {reason}", wait, f"status {status}") from error
        if "tools" in body and status in UNABLE and "tool" in reason.lower():
            raise ToolsRejected(f"{self} takes no tools: {reason}") from error
        raise ProviderFailure(f"{self}: status {status}: {reason}") from error


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the endpoint asks to wait, given as such or as a date."""
    asked = headers.get("retry-after", "")
    with suppress(ValueError):
        return max(0.0, float(asked))
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
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
    return OpenAI(name, resolve(api_base, environ), options_of(Options, options), sleep)
