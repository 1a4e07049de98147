"""Where an OpenAI-compatible endpoint is and which key opens it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

from memorygym.errors import BadKey, BadSettings

OPENAI = "https://api.openai.com/v1"
CHUTES = "https://llm.chutes.ai/v1"


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
    if not key and local:
        key = "none"
    if not key:
        raise BadKey(f"no key for {url}: set OPENAI_API_KEY (or CHUTES_API_KEY for {CHUTES})")
    if not (key.isascii() and key.isprintable()):
        raise BadKey(f"the key for {url} holds characters that no HTTP header can carry")
    return Endpoint(url, key)


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
