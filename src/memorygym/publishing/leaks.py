"""What a shipped run must not hold: keys, passwords in addresses, and the salt of a sealed set."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from memorygym.runs.folder import unpacked

KEYS = {
    "a password in an address": re.compile(rb"[a-z]://[^/\s\"@:]+:[^/\s\"@]+@"),
    "a key": re.compile(
        rb"\b(sk-[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,}|gh[pousr]_[A-Za-z0-9]{30,}|AIza[\w-]{30,}"
        rb"|Bearer [A-Za-z0-9._~+/-]{16,})"
    ),
}
"""What keys of common providers look like."""
SHORTEST = 12
"""Characters of a known secret: shorter ones may stand anywhere by chance."""
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    """The values of variables that hold keys by their names.

    >>> secrets_of({"OPENAI_API_KEY": "0123456789abcdef", "HOME": "/root", "TOKEN": "short"})
    ['0123456789abcdef']
    """
    named = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$")
    return [v for name, v in environment.items() if named.search(name) and len(v) >= SHORTEST]


def leaks(paths: Iterable[Path], known: Iterable[str], salt_hash: str | None) -> list[str]:
    """Where these files hold a secret, by file and line; the secret itself is not repeated.

    Raises BadSettings for a file that cannot be unpacked.
    """
    secrets = [secret.encode() for secret in known]
    return [
        f"{path.name}, line {number}: {what}"
        for path in paths
        for number, line in enumerate(_lines(path), start=1)
        if (what := _secret(line, secrets, salt_hash))
    ]


def _lines(path: Path) -> Iterator[bytes]:
    with unpacked(path) as stream:
        yield from stream


def _secret(line: bytes, secrets: Iterable[bytes], salt_hash: str | None) -> str:
    for what, pattern in KEYS.items():
        if pattern.search(line):
            return what
    if any(secret in line for secret in secrets):
        return "a secret of this machine's environment"
    if salt_hash and salt_hash in map(_hash, _TEXT.findall(line.decode(errors="replace"))):
        return "the salt"
    return ""


def _hash(text: str) -> str:
    return sha256(json.loads(f'"{text}"', strict=False).encode("utf-8", "replace")).hexdigest()
