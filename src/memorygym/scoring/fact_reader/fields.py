"""What named fields of data, and columns of tables, hold."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_ROLES = {
    "subject": "entity name subject title who id key_entity about",
    "key": "attribute property field label key metric predicate relation fact feature",
    "value": "value object current now figure entry answer latest reading content",
    "date": "date as_of asof dated day stated updated when timestamp time last_updated recorded",
    "former": "previous was before former old prior previously earlier replaced superseded",
    "source": "source origin document authority stated_by recorded_by reported_by",
    "kind": "kind type",
}
_BY_WORD = {word: role for role, words in _ROLES.items() for word in words.split()}


@lru_cache(maxsize=20_000)
def role_of(head: str, nouns: frozenset[str]) -> str:
    """What a column or a field of that name holds: subject, key, value, date, former, source."""
    word = re.sub(r"[\W_]+", "_", head.strip().lower()).strip("_")
    for form in (word, re.sub("_(?:value|name|on|at)$", "", word)):
        if form in _BY_WORD:
            return _BY_WORD[form]
    return "subject" if word.removesuffix("_name") in nouns else ""


def roles_of(value: Mapping[Any, Any], nouns: frozenset[str]) -> dict[str, str]:
    """By role: the first field of a dictionary that has it and holds no dictionary."""
    roles: dict[str, str] = {}
    for field, content in value.items():
        role = role_of(str(field), nouns)
        if role and isinstance(content, str | int | float | list):
            roles.setdefault(role, field)
    return roles


def one_fact(value: Mapping[Any, Any], roles: Mapping[str, str]) -> str:
    """The line of a dictionary with a key and a value; "" if it has none."""
    if "key" not in roles or "value" not in roles:
        return ""
    content = value[roles["value"]]
    if isinstance(content, list):
        content = ", ".join(map(str, content))
    parts = [str(value[roles["subject"]])] if "subject" in roles else []
    parts += [str(value[roles["key"]]), str(content)]
    line = " | ".join(parts)
    if value.get(roles.get("former", "")) not in (None, ""):
        line += f" (previously {value[roles['former']]})"
    extra = [
        f"{field}: {content}" for field, content in value.items()
        if field not in roles.values() and isinstance(content, str) and content
    ]  # fmt: skip
    if extra:
        line += f" ({'; '.join(extra)})"
    for role in ("source", "date"):
        if value.get(roles.get(role, "")):
            line = f"[{value[roles[role]]}] {line}"
    return line
