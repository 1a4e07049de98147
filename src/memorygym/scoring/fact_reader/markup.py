"""JSON, Python literals, XML and HTML as plain lines with depths; other text as it is."""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any, NamedTuple

from memorygym.scoring.fact_reader.words import GENERIC

SUBJECTS = frozenset("entity name subject title who id key_entity about".split())
KEYS = frozenset(
    "attribute property field label key metric predicate relation fact feature".split()
)
VALUES = frozenset("value object current now figure entry answer latest reading content".split())
DATES = frozenset(
    "date as_of asof dated day stated updated when timestamp time last_updated recorded".split()
)
FORMERS = frozenset(
    "previous was before former old prior previously earlier replaced superseded".split()
)
SOURCES = frozenset("source origin document authority".split())
_MOST_ATTEMPTS = 50
"""Blocks that look like JSON and are none, after which the rest of a text is read as it is."""
_BLOCK = re.compile(r"^[ \t>*-]*(?=[\[{])", re.MULTILINE)
_TAG = re.compile(r"<(?:/?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?)>")


class Line(NamedTuple):
    """A line of a text."""

    text: str
    depth: int = -1
    """Depth within a structure; -1: as far as the line is indented."""
    cells: tuple[str, ...] = ()
    """The cells of a table's row."""
    title: int = 0
    """Level of a heading; 0 is none."""


def lines_of(text: str, nouns: frozenset[str]) -> list[Line]:
    """The lines of a text."""
    if len(_TAG.findall(text[:2000])) >= 2 and text.lstrip()[:1] == "<":
        parser = _Tags(nouns)
        parser.feed(text)
        parser.close()
        parser.flush()
        return parser.lines
    return list(_plain(text, nouns))


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
        end = text.find("\n", start)
        end = (
            len(text)
            if end < 0 or text[start:end].count("{") != text[start:end].count("}")
            else end
        )
        try:
            value = ast.literal_eval(text[start:end].rstrip(", \n"))
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return None
    if re.match(r"[ \t]*[^\s,;`<\[\](){}]", text[end : end + 20]):
        return None  # A value in a line, not a block.
    if isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(v, dict | list) for v in value)
    ):
        return value, end
    return None


def _flat(value: Any, nouns: frozenset[str], depth: int, key: str = "") -> Iterator[Line]:
    match value:
        case Mapping():
            yield from _flat_mapping(value, nouns, depth, key)
        case list() | tuple() if any(isinstance(item, dict | list | tuple) for item in value):
            if key:
                yield Line(f"{key}:", depth)
                depth += 1
            for item in value:
                if (
                    isinstance(item, list | tuple)
                    and len(item) == 3
                    and all(isinstance(part, str | int | float) for part in item)
                ):
                    yield Line(" | ".join(map(str, item)), depth)
                else:
                    yield from _flat(item, nouns, depth)
        case list() | tuple():
            texts = [str(item) for item in value]
            if any(" " in text and len(text.split()) > 4 for text in texts):
                yield Line(f"{key}:" if key else "", depth)
                yield from (Line(text, depth + 1) for text in texts)
            else:
                yield Line(f"{key}: {', '.join(texts)}" if key else ", ".join(texts), depth)
        case None:
            return
        case _:
            first, *rest = str(value).split("\n")
            yield Line(f"{key}: {first}" if key else first, depth)
            yield from (Line(text, depth + 1) for text in rest)


def role_of(head: str, nouns: frozenset[str]) -> str:
    """What a column or a field of that name holds: subject, key, value, date, former, source."""
    word = re.sub(r"[\W_]+", "_", head.strip().lower()).strip("_")
    for role, words in (
        ("subject", SUBJECTS), ("key", KEYS), ("value", VALUES), ("date", DATES),
        ("former", FORMERS), ("source", SOURCES),
    ):  # fmt: skip
        if (
            word in words
            or word.removesuffix("_value") in words
            or word.removesuffix("_name") in words
        ):
            return role
    return "subject" if word.removesuffix("_name") in nouns else ""


def _flat_mapping(
    value: Mapping[Any, Any], nouns: frozenset[str], depth: int, key: str
) -> Iterator[Line]:
    """A dictionary: its name first; {subject, key, value} becomes one line."""
    roles: dict[str, str] = {}
    for field, content in value.items():
        role = role_of(str(field), nouns)
        if role and role not in roles and isinstance(content, str | int | float | list):
            roles[role] = field
    stated = _one_fact(value, roles)
    if stated:
        yield Line(stated, depth)
        return
    if (
        key
        and key.lower() not in GENERIC
        and "value" in roles
        and not any(isinstance(part, dict | list) for part in value.values())
    ):
        yield Line(
            _one_fact({**value, "key": key}, {**roles, "key": "key"}).replace(" | ", ": ", 1), depth
        )
        return
    rest = dict(value)
    heads = [key] if key else []
    if "subject" in roles:
        heads.append(str(rest.pop(roles["subject"])))
    for role in ("source", "date"):
        if role in roles and (heads or depth):
            heads.append(f"({role}: {rest.pop(roles[role])})")
    if heads:
        yield Line(f"{' '.join(heads)}:", depth)
    for field, content in rest.items():
        yield from _flat(content, nouns, depth + bool(heads), str(field))


def _one_fact(value: Mapping[Any, Any], roles: Mapping[str, str]) -> str:
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


_INLINE = frozenset("b strong i em u a span code small mark font sup sub s del tt".split())
_BLOCKS = frozenset(
    "html body div p section article ul ol dl dd dt table thead tbody tfoot br hr head main header footer pre blockquote".split()
)


class _Tags(HTMLParser):
    """The lines of HTML, or of XML, whose elements are keys."""

    def __init__(self, nouns: frozenset[str]) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._nouns = nouns
        self._text: list[str] = []
        self._open: list[str] = []
        """Keys of the open elements that HTML does not know; "" once it is shown."""
        self._lists = 0
        self._title = 0
        self._row: list[str] | None = None

    def flush(self) -> None:
        """Ends the line."""
        text = " ".join("".join(self._text).split())
        self._text = []
        if text:
            depth = 2 * (len(self._open) + self._lists)
            self.lines.append(Line(text, depth if depth else -1, title=self._title))

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in _INLINE:
            return
        if tag in ("td", "th"):
            self._text = []
            return
        if tag == "tr":
            self._row = []
            return
        self.flush()
        if tag in ("ul", "ol", "dd"):
            self._lists += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self._title = int(tag[1])
        elif tag in ("p", "div", "section", "article", "table"):
            self.lines.append(Line(""))
        elif tag not in _BLOCKS and tag != "li":
            self._element(tag, {name: value or "" for name, value in attrs})

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _INLINE | _BLOCKS:
            self.handle_endtag(tag)

    def _element(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._open and self._open[-1]:
            self.lines.append(Line(f"{self._open[-1]}:", 2 * len(self._open) - 2))
            self._open[-1] = ""
        if not attributes:
            self._open.append(tag)
            return
        roles = {
            role: name for name in reversed(attributes) if (role := role_of(name, self._nouns))
        }
        depth = 2 * len(self._open)
        if stated := _one_fact(attributes, roles):
            self.lines.append(Line(stated, depth))
            self._open.append("")
            return
        heads = [attributes[roles["subject"]]] if "subject" in roles else []
        rest = [
            f"{name}: {value}" for name, value in attributes.items() if name != roles.get("subject")
        ]
        if "key" in roles or (heads and not rest):
            others = "; ".join(
                f"{n}: {v}" for n, v in attributes.items() if n not in roles.values()
            )
            key = attributes[roles["key"]] if "key" in roles else heads[0]
            self._open.append(f"{key} ({others})" if others else key)
            return
        extra = f" ({'; '.join(rest)})" if rest else ""
        self.lines.append(Line(f"{' '.join(heads) or tag}{extra}:", depth))
        self._open.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in _INLINE:
            return
        if tag in ("td", "th") and self._row is not None:
            self._row.append(" ".join("".join(self._text).split()))
            self._text = []
        elif tag == "tr" and self._row is not None:
            self.lines.append(Line("", cells=tuple(self._row)))
            self._row = None
        elif (
            tag not in _BLOCKS
            and tag not in ("ul", "ol", "li", "dd")
            and not re.fullmatch(r"h[1-6]", tag)
        ):
            self._close()
        else:
            self.flush()
            self._title = 0
            if tag in ("ul", "ol", "dd"):
                self._lists = max(0, self._lists - 1)

    def _close(self) -> None:
        """Ends an element that HTML does not know."""
        text = " ".join("".join(self._text).split())
        self._text = []
        key = self._open.pop() if self._open else ""
        if text:
            self.lines.append(Line(f"{key}: {text}" if key else text, 2 * len(self._open)))
