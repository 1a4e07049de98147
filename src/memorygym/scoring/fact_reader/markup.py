"""JSON, Python literals, XML, HTML and SQL as plain lines with depths; other text as it is."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from memorygym.scoring.fact_reader.fields import one_fact, role_of, roles_of
from memorygym.scoring.fact_reader.lines import Line
from memorygym.scoring.fact_reader.sql import sql_parts
from memorygym.scoring.fact_reader.tags import lines_of_tags
from memorygym.scoring.fact_reader.words import GENERIC

_MOST_ATTEMPTS = 50
"""Blocks that look like JSON and are none, after which the rest of a text is read as it is."""
_BLOCK = re.compile(r"^[ \t>*-]*(?=[\[{])", re.MULTILINE)
_NEXT_ENTRY = re.compile(r"(?<=\}),\s*(?=[\"']?[A-Z]\w+(?: [A-Z]\w+)+[\"']?\s*:\s*\{)")
"""Stands between two entities in a dictionary."""
_TAG = re.compile(r"<(?:/?[A-Za-z][\w:-]*(?:\s[^<>;]*)?/?)>")
_WRAPPER = re.compile(r"^[ \t]*</?[A-Za-z][\w:-]*>[ \t]*$", re.MULTILINE)
"""A tag in a line of its own. If a text has no other tags, they only wrap what it says."""
_HEADLINE = re.compile(r"^\*+(?= \S)", re.MULTILINE)
_DRAWER = re.compile(r"^[ \t]*:(\w+):[ \t]*(?=(\S)|$)(?:(?!\S)\n)?", re.MULTILINE)


def _as_headlines(text: str) -> str:
    """The text with # for the stars of headlines, if it has some of a second level (Org)."""
    if "\n** " not in text:
        return text
    text = _DRAWER.sub(lambda match: f"{match[1]}: " if match[2] else "", text)
    return _HEADLINE.sub(lambda match: "#" * len(match[0]), text)


def lines_of(text: str, nouns: frozenset[str]) -> list[Line]:
    """The lines of a text."""
    if "}," in text:
        text = _NEXT_ENTRY.sub(",\n", text)
    text = _as_headlines(text)
    if len(_TAG.findall(text[:2000])) >= 2 and text.lstrip()[:1] == "<":
        if not _TAG.search(inside := _WRAPPER.sub("", text)):
            return list(_plain(inside, nouns))
        return lines_of_tags(text, nouns)
    return [
        line
        for part in sql_parts(text)
        for line in ([*_plain(part, nouns)] if isinstance(part, str) else part)
    ]


def _plain(text: str, nouns: frozenset[str]) -> Iterator[Line]:
    start, attempts = 0, 0
    decoder = json.JSONDecoder()
    for match in _BLOCK.finditer(text) if "{" in text or '["' in text or "['" in text else ():
        if match.start() < start or attempts == _MOST_ATTEMPTS:
            continue
        block = _decoded(decoder, text, match.end())
        if block is None:
            attempts += 1
            continue
        value, end = block
        before = text[start : match.start()].removesuffix("\n")
        yield from map(Line, before.split("\n") if before else ())
        yield from _flat(value, nouns, 2 * (len(match[0]) - len(match[0].lstrip())))
        if "\n" in text[match.end() : end]:
            yield Line("")
        start = end
    yield from map(Line, text[start:].split("\n"))


def _decoded(decoder: json.JSONDecoder, text: str, start: int) -> tuple[Any, int] | None:
    """The dictionary or list that begins at an index, and where it ends."""
    try:
        value, end = decoder.raw_decode(text, start)
    except (ValueError, RecursionError):
        line = text[start:].partition("\n")[0]
        literal = line if line.count("{") == line.count("}") else text[start:]
        end = start + len(literal)
        try:
            value = ast.literal_eval(literal.rstrip(", \n"))
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return None
    if re.match(r"[ \t]*[^\s,;`<\[\](){}]", text[end : end + 20]):
        return None  # A value in a line, not a block.
    return (value, end) if isinstance(value, dict | list) else None


def _flat(value: Any, nouns: frozenset[str], depth: int, key: str = "") -> Iterator[Line]:
    lead = f"{key}: " if key else ""
    match value:
        case Mapping():
            yield from _flat_mapping(value, nouns, depth, key)
        case list() | tuple() if any(isinstance(item, dict | list | tuple) for item in value):
            if key:
                yield Line(f"{key}:", depth)
            for item in value:
                yield from _flat(item, nouns, depth + bool(key))
        case list() | tuple():
            texts = [str(item) for item in value]
            if any(len(text.split()) > 4 for text in texts):
                yield Line(lead.rstrip(), depth)
                yield from (Line(text, depth + 1) for text in texts)
            else:
                yield Line(lead + ", ".join(texts), depth)
        case None:
            return
        case _:
            first, *rest = str(value).split("\n")
            yield Line(lead + first, depth)
            yield from (Line(text, depth + 1) for text in rest)


def _flat_mapping(
    value: Mapping[Any, Any], nouns: frozenset[str], depth: int, key: str
) -> Iterator[Line]:
    """A dictionary: its name, date and source first; {subject, key, value} becomes one line."""
    value = {**_origin(value, nouns), **value}
    roles = roles_of(value, nouns)
    if stated := one_fact(value, roles):
        yield Line(stated, depth)
        return
    if (
        key
        and key.lower() not in GENERIC
        and "value" in roles
        and not any(isinstance(part, dict | list) for part in value.values())
    ):
        stated = one_fact({**value, "key": key}, {**roles, "key": "key"})
        yield Line(stated.replace(" | ", ": ", 1), depth)
        return
    rest = {field: part for field, part in value.items() if not _is_former(str(field), value)}
    heads = [key] if key else []
    if "subject" in roles:
        heads.append(str(rest.pop(roles["subject"])))
    for role in ("source", "date"):
        if role in roles:
            heads.append(f"({role}: {rest.pop(roles[role])})")
    if heads:
        yield Line(f"{' '.join(heads)}:", depth)
    for field, content in rest.items():
        yield from _flat(content, nouns, depth + bool(heads), str(field))


def _is_former(field: str, value: Mapping[Any, Any]) -> bool:
    """Whether a field holds the text that another one replaced: "old_memory" beside "memory"."""
    age, _, name = field.partition("_")
    text = value.get(name)
    return age in ("old", "previous", "prev", "former") and isinstance(text, str) and " " in text


def _origin(value: Mapping[Any, Any], nouns: frozenset[str]) -> dict[str, Any]:
    """The date and the source that a dictionary beside the text gives: {"metadata": {"date": …}}"""
    return {
        field: content
        for part in value.values()
        if isinstance(part, Mapping)
        for field, content in part.items()
        if role_of(str(field), nouns) in ("date", "source") and isinstance(content, str)
    }
