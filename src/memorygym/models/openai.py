"""The provider `openai`: a model behind any OpenAI-compatible endpoint, with retries."""

import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit, urlunsplit

from memorygym.core.errors import BadKey, BadSettings, ProviderFailure
from memorygym.core.types import JSON, Message, Tool
from memorygym.models.chat_completions import (
    MalformedReply,
    read_completion,
    read_stream,
    reply_for,
    to_wire,
)
from memorygym.models.model import (
    Model,
    Reply,
    Sampling,
    ToolsRejected,
    described,
    options_of,
    resampled,
)

if TYPE_CHECKING:
    from openai import APIStatusError

MAX_WAIT = 60.0
"""Most seconds between two attempts, whatever the header Retry-After says."""
RETRIED = (408, 409, 425, 429)
"""Statuses below 500 that are retried."""
TOOLS_REJECTED = (400, 404, 405, 422, 501)
"""Statuses with which endpoints reject `tools`, if the message mentions tools."""
BUSY = (429, 503)
"""Statuses whose reason is about the endpoint, not about the request."""
OPENAI = "https://api.openai.com/v1"
CHUTES = "https://llm.chutes.ai/v1"


@dataclass(frozen=True, slots=True)
class Options(Sampling):
    """The options of requests."""

    stream: bool = False
    """Whether to stream replies, which keeps slow connections alive."""
    max_retries: int = 5
    timeout: float = 120.0
    """Seconds without a byte after which a request is given up."""
    extra: Mapping[str, JSON] | None = None
    """Further fields of the request's body."""
    SHAPING: ClassVar[tuple[str, ...]] = (*Sampling.SHAPING, "extra")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The URL of an endpoint and its key."""

    url: str
    key: str = field(repr=False)

    @property
    def shown(self) -> str:
        """The URL without user, password and query."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def resolve(api_base: str | None, environ: Mapping[str, str]) -> Endpoint:
    """The endpoint from `api_base` (the command line) and the environment.

    The URL is `api_base`, else OPENAI_BASE_URL, else that of OpenAI, or of Chutes if only
    CHUTES_API_KEY is set. A local endpoint needs no key. Raises BadKey or BadSettings.

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
    """Whether a URL is of this machine or a private network. Raises BadSettings if it is no URL."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        if not host or parts.scheme not in ("http", "https"):
            raise ValueError(url)
    except ValueError as error:
        raise BadSettings(
            f"{url!r} is no URL of an endpoint, such as http://127.0.0.1:8000/v1"
        ) from error
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host


class ThrottleNotice:
    """Reports waits on stderr: at most one line per endpoint in `interval` seconds, which counts
    those left out. Threads may share it."""

    def __init__(self, interval: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval, self._clock = interval, clock
        self._lock = threading.Lock()
        self._waits: dict[str, tuple[float, int]] = {}
        """By endpoint: when its next line may be written, and the waits since the last one."""

    def __call__(self, endpoint: str, line: str) -> None:
        with self._lock:
            now = self._clock()
            due, left_out = self._waits.get(endpoint, (now, 0))
            if now < due:
                self._waits[endpoint] = due, left_out + 1
                return
            self._waits[endpoint] = now + self._interval, 0
            more = f" [and {left_out} more waits since the last line]" if left_out else ""
            # One write per line, so that lines of several threads do not mix.
            sys.stderr.write(f"{line}{more}\n")


throttle_notice = cache(ThrottleNotice)
"""The notice that all models of this process share."""


class _RetryableError(Exception):
    """A failure to retry, after `wait` seconds if the endpoint says so."""

    def __init__(self, reason: str, wait: float | None = None, short_reason: str = "") -> None:
        super().__init__(reason)
        self.wait, self.short_reason = wait, short_reason or reason


class OpenAI(Model):
    """A model behind an endpoint; threads may share it."""

    def __init__(
        self,
        name: str,
        api_base: str | None = None,
        *,
        environ: Mapping[str, str] = os.environ,
        sleep: Callable[[float], None] = time.sleep,
        **options: object,
    ) -> None:
        self.name = name
        self.endpoint = endpoint = resolve(api_base, environ)
        self.options = options_of(Options, options)
        self._sleep = sleep
        try:
            import openai
        except ImportError as error:
            raise BadSettings(
                'a model needs the openai package: pip install "agent-memorygym[llm]"'
            ) from error
        self._openai = openai
        # Its own retries are silent, cannot be abandoned, and ask again where an error is a mistake
        # of the model, but not where a reply breaks off; so they are off.
        connections = openai.DefaultHttpxClient()
        self._client = openai.OpenAI(
            api_key=endpoint.key,
            base_url=endpoint.url,
            timeout=self.options.timeout,
            max_retries=0,
            http_client=connections,
        )
        weakref.finalize(self._client, connections.close)

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        body = self._body(messages, tools)
        tries = self.options.max_retries + 1
        for attempt in range(1, tries + 1):
            try:
                return self._try(body)
            except _RetryableError as failure:
                last = failure
            if attempt < tries:
                wait = min(2.0 ** (attempt - 1) if last.wait is None else last.wait, MAX_WAIT)
                line = f"{last.short_reason}, waiting {wait:.3g} s (try {attempt + 1} of {tries})"
                throttle_notice()(self.endpoint.shown, f"{self}: {line}")
                self._sleep(wait)
        raise ProviderFailure(f"{self}: no reply after {tries} tries; the last error: {last}")

    def describe(self) -> dict[str, JSON]:
        return {**described("openai", self.name, self.options), "endpoint": self.endpoint.shown}

    def sample(self, index: int) -> "OpenAI":
        return self if self.options.seed is None else resampled(self, self.options, index)

    def __str__(self) -> str:
        return f"{self.endpoint.shown}, model {self.name!r}"

    def _body(self, messages: Sequence[Message], tools: Sequence[Tool]) -> dict[str, JSON]:
        options = self.options
        body: dict[str, JSON] = {"model": self.name, "messages": list(map(to_wire, messages))}
        if tools:
            body["tools"] = [tool.to_openai() for tool in tools]
        sampling = {option: getattr(options, option) for option in Sampling.SHAPING}
        body |= {option: value for option, value in sampling.items() if value is not None}
        if options.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body | dict(options.extra or {})

    def _try(self, body: Mapping[str, JSON]) -> Reply:
        """Sends one request; a stream is read to its end before anything is parsed."""
        try:
            text = self._client.post("/chat/completions", cast_to=str, body=body)
            return read_stream(text.split("\n")) if body.get("stream") else read_completion(text)
        except self._openai.APIStatusError as error:
            return self._reply_to_status(error, body)
        except self._openai.APIConnectionError as error:
            raise _RetryableError(str(error.__cause__ or error) or type(error).__name__) from error
        except MalformedReply as error:
            if reply := reply_for(error.error, self.options.max_tokens):
                return reply
            raise _RetryableError(str(error)) from error

    def _reply_to_status(self, error: "APIStatusError", body: Mapping[str, JSON]) -> Reply:
        """The reply that an error status means. Raises what it means otherwise."""
        status = error.status_code
        reason = " ".join(str(error).removeprefix(f"Error code: {status} - ").split())[:300]
        if status in (401, 403):
            raise BadKey(f"{self}: the key was refused (status {status}: {reason})") from error
        body_of_error: JSON = error.body
        # Checked before tools: the error of a too long request may mention the tokens of its tools.
        if status not in BUSY and (reply := reply_for(body_of_error, self.options.max_tokens)):
            return reply
        if status in RETRIED or (status >= 500 and status not in TOOLS_REJECTED):
            wait = _retry_after(error.response.headers)
            raise _RetryableError(f"status {status}: {reason}", wait, f"status {status}") from error
        if "tools" in body and status in TOOLS_REJECTED and "tool" in reason.lower():
            raise ToolsRejected(f"{self} takes no tools: {reason}") from error
        raise ProviderFailure(f"{self}: status {status}: {reason}") from error


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from the header Retry-After, which has seconds or a date."""
    text = headers.get("retry-after", "")
    with suppress(ValueError):
        return max(0.0, float(text))
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    return None


make = OpenAI
