"""Secrets in texts: keys of providers, private keys, passwords; found, and masked in what is shown.

Masking is for texts that people read. Nothing is measured on a masked text.
"""

import re
from collections import Counter
from math import log2

SECRETS = {
    "a password in an address": r"[a-z]://[^/\s\"@:]+:[^/\s\"@]+@",
    "a key": r"\b(sk-[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,}|gh[pousr]_[A-Za-z0-9]{30,}"
    r"|github_pat_[A-Za-z0-9_]{30,}|AIza[A-Za-z0-9_-]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|Bearer [A-Za-z0-9._~+/-]{16,})",
    "an AWS key": r"\b(AKIA|ASIA)[A-Z0-9]{16}\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
}
"""By kind: the pattern of secrets that are known by their form. Each is valid for bytes, too."""
_FORMS = re.compile("|".join(f"(?:{pattern})" for pattern in SECRETS.values()))
_BLOCK = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_ADDRESS = re.compile(r"([a-z]://)[^/\s\"@:]+:[^/\s\"@]+@")
_NAME = (
    r"[\w-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|credential)s?"
)
_NAMED = re.compile(rf"(?i)\b({_NAME}[\"']?\s*(?:[:=]|\bis\b)\s*[\"']?)([^\s\"',;&}}]+)")
_FLAG = re.compile(rf"(?i)(--{_NAME}\s+[\"']?)([^\s\"',;&}}]+)")
_NAME_OF_ALL = re.compile(rf"(?i)(?:.*[.\]])?{_NAME}")
MASK = "[masked]"
LEAST_ENTROPY, FEWEST = 3.0, 12
"""Bits a character, and characters, from which a text after a key-like name may be a key."""


def masked(text: str, name: str = "") -> str:
    """The text with a mask in place of every secret; `name` is that of the argument it stands in.

    >>> masked("curl https://ann:pw1@host/x -H 'Bearer abcdefghij0123456789'")
    "curl https://[masked]@host/x -H '[masked]'"
    >>> masked("password=hunter2 token: the next"), masked("hunter2", "login.password")
    ('password=[masked] token: the next', '[masked]')
    """
    if name and _NAME_OF_ALL.fullmatch(name) and _is_key(text, name):
        return MASK
    text = _BLOCK.sub(MASK, text)
    text = _ADDRESS.sub(rf"\1{MASK}@", text)
    text = _FORMS.sub(MASK, text)
    for pattern in (_NAMED, _FLAG):
        text = pattern.sub(lambda m: m[1] + MASK if _is_key(m[2], m[1]) else m[0], text)
    return text


def _is_key(text: str, name: str) -> bool:
    """Whether a text after a key-like name is a secret: any password, and texts as random as keys.

    >>> _is_key("count", "token"), _is_key("9f8a7c6b5d4e3f2a", "token"), _is_key("ab", "password")
    (False, True, True)
    """
    if re.search(r"(?i)pass|pwd", name):
        return bool(text.strip())
    counts = Counter(text)
    entropy = -sum(n / len(text) * log2(n / len(text)) for n in counts.values())
    mixed = any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    return len(text) >= FEWEST and mixed and entropy >= LEAST_ENTROPY
