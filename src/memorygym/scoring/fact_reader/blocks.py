"""Texts as lines, each with what governs it: headings, bullets, rows of tables, keys of data."""

import ast
import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any, NamedTuple


class Item(NamedTuple):
    """A line that states something, or a cell of a table."""

    text: str
    path: tuple[str, ...] = ()
    """What governs it, the outermost first."""
    is_new: bool = True
    """Whether it does not go on where the line before it ended."""
    above: str = ""
    """The bullet above that opened with a name, for one that names nobody."""
    is_title: bool = False


class TextLine(NamedTuple):
    text: str
    depth: int = -1
    """Depth within a structure; -1: as far as the line is indented."""


class Title(NamedTuple):
    """What a text is alone: the name of an entity, a label, or neither."""

    is_name: bool = False
    is_label: bool = False
    is_title: bool = False
    """Whether the text says only who or what the lines below it are about."""
    is_kind: bool = False
    """Whether it is a noun for entities, such as "company"."""
    has_value: bool = False
    is_loose: bool = False
    """Whether it is a label only as an abbreviation."""
    is_known: bool = False
    """Whether it is a name that the stream has shown."""


Classify = Callable[[str], Title]
Pair = tuple[str, str]
"""A field: what it is called, and its text."""

_ROLES = {
    "subject": "entity name subject title who id about s film project file front fn func function"
    " method class symbol identifier topic",
    "key": "attribute property field label key metric predicate relation fact feature p",
    "value": "value object current now figure entry answer latest reading content o",
    "date": "date as_of asof dated day stated updated when timestamp time last_updated created_at",
    "former": "previous was before former old prior previously earlier replaced superseded",
    "source": "source origin document authority stated_by recorded_by reported_by via",
    "kind": "kind type",
}
_ROLE = {word: role for role, words in _ROLES.items() for word in words.split()}
_EMPTY = frozenset(("", "-", "—", "–", "n/a", "na", "none", "null", "?", "unknown", "…", "..."))
_BOX = dict.fromkeys(range(9472, 9600), " ") | {ord(sign): "|" for sign in "│┃║┼╪╋"}
_BRANCH = re.compile(r"^[\s│├└─┬]*[├└]─+\s?")
"""What stands before an item of a drawn tree."""
_MARK = re.compile(r"[ \t]+:(\w+):(?=[ \t]|$)", re.MULTILINE)
"""A tag of Org."""
_CROSSED = re.compile(r" (?<=\S )[❌✗✘] ?(\S.*)")
"""A value that another has replaced."""
_UPDATE = re.compile(r"UPDATE \w+\s+SET (\w+)\s*=\s*'([^'\n]*)'[^;]*?\bWHERE\b([^;]*);?")
_QUOTED = re.compile(r"^\s*(?:>\s?)+(?=\S)")
_DRAWER = re.compile(r"^[ \t]*:(\w+):[ \t]*(?=(\S)|$)", re.MULTILINE)
_BULLET = re.compile(
    r"(?:[-*+•▪◦‣·–—>✓✔☑→]\s+|\d{1,3}(?:[.)]|(?:\.\d{1,3})+[.)]?)\s+(?=[^\d])|\([a-z\d]\)\s+|[a-z]\)\s+"
    r"|\[[ xX✓]\]\s+|[QA][:.]\s+|[^\w\s\[\](){}\"'`*#=$€£<|~+.,:;&@%/\\-]+\s*)+"
)
_MARKED: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, int]]], ...] = (
    (re.compile(r"(#{1,6})\s+(.*?)\s*#*$"), lambda m: (m[2], len(m[1]))),
    (re.compile(r"h([1-6])\.\s+(.*)$"), lambda m: (m[2], int(m[1]))),
    (re.compile(r"(?:={2,}|-{2,}|\*{3,}|~{2,})\s*(\S.*?)\s*(?:={2,}|-{2,}|\*{3,}|~{2,})$"),
     lambda m: (m[1], 2)),
    (re.compile(r"\[{1,2}([^\[\]]+)\]{1,2}:?$"), lambda m: (m[1], 7)),
    (re.compile(r"(?:\*\*|__)([^*_]+?):?(?:\*\*|__):?$"), lambda m: (m[1], 7)),
)  # fmt: skip
_LATEX = re.compile(r"\\(?:sub)*section\*?\{([^{}]*)\}")
_COMMAND = re.compile(r"\\(?:item|noindent)\s*|\\(?:begin|end)\{\w+\}|\\[a-z]+\{([^{}]*)\}")
_TAG = re.compile(r"</?[A-Za-z][\w:-]*(?:\s[^<>;]*)?/?>")
_ANGLED = re.compile(r"\s*<(/?)([^<>=/]+)>\s*$")
_STRUCK = re.compile(r"~~\s*([^~\n]+?)\s*~~|<(del|s|strike)>([^<]*)</\2>")
_REPLACED = re.compile(r"(~~[^~\n]+~~|<(?:del|s)>[^<]*</(?:del|s)>)\s*→\s*([^\s|;,<]+)")
_ARROW = re.compile(
    r"(?<![\s<])\s*(?:-+>|=+>|[→⇒➜➝➞➔➙⟶⟹⇨➡▶]\ufe0f?|»|▸|►)\s*|(?<=\s)(?:-+>|=+>|[⇒➜➝➞➔➙⟶⟹⇨➡▶]\ufe0f?|»|▸|►)(?=\s)"
)
_INLINE = re.compile(
    r"= ?\{ ?(?:name|value) = (\"[^\"]*\"|[\w.-]+)(?:, \w+ = \"?([^{}\"]+)\"?)? ?\}"
)
"""A value with a remark, as TOML writes it."""
_REMARK = re.compile(
    r"[\s>]+(?:[-*+•] )?(qualifiers?|term|period|previous(?:ly)?|was|former(?:ly)?|notes?"
    r"|replaces): ?(\S.*)"
)
"""A line that says more of the item above it."""
_BLOCK = re.compile(r"^[ \t>*-]*(?=[\[{])", re.MULTILINE)
_ITEM = re.compile(r"\s*- (?=[\w\"]+: )")
_ENTITLED = re.compile(r"[\"']?([\w ]{1,20}?)[\"']?\s*[:=]+\s*[\"']?([^\"']+?)[\"']?,?")
"""A line such as "title: Ann Lee"."""
_FIELD = re.compile(r"\s*[\"']?([\w ]+?)[\"']?: (.*)")
_RULE = re.compile(r"\s*[|+]?[\s:|+=~_-]{3,}$")
_UNDERLINE = re.compile(r"(=|-|~)\1{2,}")
_STATES = re.compile(r"\d|:\s*\S")
"""What the head of a column has not, unless it is a label."""
_HAS_FIGURE = re.compile(r"\d(?<![\w.,-].)(?!(?<=[12])[90]\d\d(?!\d))")
"""A figure that is no year."""
_SIGNS = re.compile(r"[>»▸►⇒➜➝➞➔➙⟶⟹⇨➡▶]")


def items(text: str, classify: Classify) -> Iterator[Item]:
    """The items of a text, in order."""
    yield from _Outline(classify).items(lines_of(text, classify))


def lines_of(text: str, classify: Classify) -> list[TextLine]:
    """The lines of a text; data and markup as lines with depths."""
    text = _LATEX.sub(r"## \1", text)
    if "\n** " in text:  # Org.
        text = re.sub(r"^\*+(?= \S)", lambda match: "#" * len(match[0]), text, flags=re.MULTILINE)
        text = _DRAWER.sub(lambda match: f"{match[1]}: " if match[2] else "", text)
    if " :" in text:
        text = _MARK.sub(r" (\1)", text)
    if "UPDATE" in text:
        text = _UPDATE.sub(lambda match: _updated(match, classify), text)
    if "\\" in text:
        text = _COMMAND.sub(lambda match: match[1] or "", text)
    lines = text.split("\n")
    for number, raw in enumerate(lines):
        if (match := _ANGLED.match(raw)) and classify(match[2]).is_name:
            lines[number] = "" if match[1] else f"# {match[2]}"
    text = "\n".join(lines)
    if "~~" in text or "<del" in text or "<s>" in text:
        text = _REPLACED.sub(r"\2 \1", _ARROW.sub(" → ", text))
        text = _STRUCK.sub(lambda match: f"(previously {match[1] or match[3]})", text)
    if text.lstrip()[:1] == "<" and len(_TAG.findall(text[:2000])) > 1:
        return [*_of_tags(text, classify)]
    found: list[TextLine] = []
    for row in _of_data(text, classify):
        line = row._replace(text=_plain(row.text))
        remark = _REMARK.fullmatch(line.text) if found and line.depth < 0 else None
        if remark and found[-1].text.strip()[-1:] not in ("", ":"):
            word = "previously " if remark[1][:3] in ("pre", "was", "for", "rep") else ""
            found[-1] = found[-1]._replace(text=f"{found[-1].text.rstrip()} ({word}{remark[2]})")
        else:
            found.append(line)
    return found


def _updated(match: re.Match[str], classify: Classify) -> str:
    """What an UPDATE of SQL states: the new value, and the one that its condition gives."""
    pairs = [
        ("former" if field == match[1] else field, value)
        for field, value in re.findall(r"(\w+)\s*=\s*'([^'\n]*)'", match[3])
    ]
    return "\n".join(text for text, _ in record([*pairs, ("value", match[2])], classify))


def _plain(text: str) -> str:
    """A line with plain signs for arrows and remarks."""
    text = _CROSSED.sub(r" (previously \1)", text)
    if "=" in text and "{" in text:
        text = _INLINE.sub(lambda m: f"= {m[1]} ({m[2]})" if m[2] else f"= {m[1]}", text)
    return _ARROW.sub(" → ", text) if _SIGNS.search(text) else text


def _of_data(text: str, classify: Classify) -> Iterator[TextLine]:
    """The lines of a text with blocks of JSON or Python literals."""
    start, tries = 0, 0
    decoder = json.JSONDecoder()
    for match in _BLOCK.finditer(text) if '"' in text or "'" in text else ():
        if match.start() < start or tries > 50:
            continue
        if (block := _decoded(decoder, text, match.end())) is None:
            tries += 1
            continue
        value, end = block
        before = text[start : match.start()].removesuffix("\n")
        yield from map(TextLine, before.split("\n") if before else ())
        yield from _flat(value, 0, "", classify)
        start = end
    yield from map(TextLine, text[start:].split("\n"))


def _decoded(decoder: json.JSONDecoder, text: str, start: int) -> tuple[Any, int] | None:
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


def _flat(value: Any, depth: int, key: str, classify: Classify) -> Iterator[TextLine]:
    match value:
        case Mapping():
            simple = [(str(k), _shown(v)) for k, v in value.items() if not _is_nested(v)]
            nested = [(str(k), v) for k, v in value.items() if _is_nested(v)]
            lines = record([("", key)] * bool(key) + simple, classify)
            yield from (TextLine(text, depth + deeper) for text, deeper in lines)
            inside = depth + any(not deeper for _, deeper in lines)
            for name, content in nested:
                yield from _flat(content, inside, name, classify)
        case list() | tuple() if any(isinstance(item, dict | list | tuple) for item in value):
            if key:
                yield TextLine(f"{key}:", depth)
            for item in value:
                yield from _flat(item, depth + bool(key), "", classify)
        case list() | tuple():
            shown = [str(item) for item in value]
            is_record = not key and any(classify(text).is_name for text in shown)
            if is_record:
                yield TextLine(" | ".join(shown), depth)
            elif any(len(text.split()) > 6 for text in shown):
                yield from ([TextLine(f"{key}:", depth)] if key else [])
                yield from (TextLine(text, depth + 1) for text in shown)
            else:
                yield TextLine(f"{key}: {', '.join(shown)}" if key else ", ".join(shown), depth)
        case None:
            return
        case _:
            first, *rest = str(value).split("\n")
            yield TextLine(f"{key}: {first}" if key else first, depth)
            yield from (TextLine(text, depth + 1) for text in rest)


def _is_nested(value: Any) -> bool:
    if isinstance(value, dict) or "\n" in str(value):
        return True
    return isinstance(value, list) and (
        any(isinstance(item, dict | list) or len(str(item).split()) > 6 for item in value)
    )


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


@lru_cache(maxsize=2_000)
def role_of(head: str) -> str:
    """What a field or a column of that name holds."""
    word = re.sub(r"[\W_]+", "_", head.strip().lower()).strip("_")
    return _ROLE.get(word) or _ROLE.get(re.sub("_(?:value|name|on|at)$", "", word), "")


class _Field(NamedTuple):
    head: str
    text: str
    title: Title
    """What its head is alone."""
    content: Title
    """What its text is alone."""

    @property
    def role(self) -> str:
        return role_of(self.head) or "subject" * self.title.is_kind

    @property
    def is_about(self) -> bool:
        """Whether it names the entity of its record, whatever it is called."""
        is_value = self.title.is_name or (self.title.is_label and not self.title.is_loose)
        is_value = is_value or self.role in ("key", "value", "former")
        return self.content.is_name and not is_value

    def __str__(self) -> str:
        return f"{self.head}: {self.text}" if self.head else self.text


def _fields(pairs: Sequence[Pair], classify: Classify) -> Iterator[_Field]:
    """The fields that have a text and that none of another version replaces."""
    names = {head.lower() for head, _ in pairs}
    for head, text in pairs:
        newer = re.sub(r"^(?:old|previous|prev|former)_", "", head.lower())
        if text.strip().lower() in _EMPTY or newer in names - {head.lower()}:
            continue
        name = head if "." in head or classify(head).is_known else head.replace("_", " ")
        yield _Field(name, text.strip(), classify(name), classify(text.strip()))


def record(pairs: Sequence[Pair], classify: Classify) -> list[tuple[str, int]]:
    """The lines of fields that belong together, with their depths: 0 for the one that names the
    entity, 1 for those about it. A key and its value become one line."""
    fields = [*_fields(pairs, classify)]
    about = [f for f in fields if f.is_about]
    about = about or [f for f in fields if f.role == "subject" and not f.content.is_label]
    labels = [
        f for f in fields
        if f.content.is_label and not f.title.is_label and f.role in ("key", "", "subject", "kind")
    ]  # fmt: skip
    if labels and labels[0].role != "key" and any(f.title.is_label for f in fields):
        labels = []
    stamps = [f"({f})" for f in fields if f.role in ("date", "source")]
    subject = " ".join([about[0].text, *stamps]) if about else ""
    taken = (*about[:1], *labels[:1])
    rest = [
        f for f in fields if f.role not in ("date", "source") and not any(f is t for t in taken)
    ]
    if labels:
        return _labelled(labels[0].text, subject, rest)
    if subject:
        return [(f"{subject}:", 0), *((str(field), 1) for field in rest)]
    return [(line, 0) for line in (*stamps, *map(str, rest))]


def _labelled(label: str, subject: str, rest: Sequence[_Field]) -> list[tuple[str, int]]:
    """The lines of a record whose label stands in a field of its own."""
    if named := [f for f in rest if f.title.is_name and not f.role]:
        return [(f"{field.head}: {label}: {field.text}", 0) for field in named]
    text = f"{label}: {' | '.join(f.text for f in rest if f.role not in ('former', 'kind'))}"
    text += "".join(f" (previously {f.text})" for f in rest if f.role == "former")
    return [(f"{subject} | {text}" if subject else text, 0)]


class _Tree(HTMLParser):
    """XML or HTML as nested nodes: (tag, attributes, parts)."""

    def __init__(self) -> None:
        super().__init__()
        self.root: list[Any] = ["", [], []]
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INLINE_TAGS:
            return
        node: list[Any] = [tag, [(k, v or "") for k, v in attrs], []]
        self._open[-1][2].append(node)
        if tag not in ("br", "hr", "meta", "link"):
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._open[-1][2].append(data)


_INLINE_TAGS = frozenset("b i em strong span a code u small mark sub sup tt".split())
_PLAIN = frozenset(
    "html body div section ul ol dl table tbody thead p li td th dd dt article".split()
)


def _of_tags(text: str, classify: Classify) -> Iterator[TextLine]:
    tree = _Tree()
    tree.feed(text)
    yield from _of_node(tree.root, 0, classify)


def _of_node(node: list[Any], depth: int, classify: Classify) -> Iterator[TextLine]:
    tag, attributes, parts = node
    if re.fullmatch("h[1-6]", tag):
        yield TextLine(f"{'#' * int(tag[1])} {_text(node)}")
        return
    if tag == "tr":
        yield TextLine(
            "| " + " | ".join(_text(part) for part in parts if not isinstance(part, str)) + " |",
            depth,
        )
        return
    if (
        not attributes
        and any(isinstance(part, str) and "\n" in part.strip() for part in parts)
        and all(isinstance(part, str) for part in parts)
    ):
        yield from map(TextLine, "".join(parts).split("\n"))
        return
    if all(isinstance(part, str) for part in parts):
        content = _text(node)
        head = "" if tag in _PLAIN else tag
        pairs = [*attributes, *([(head, content)] if content else [])]
        yield from (TextLine(line, depth + deeper) for line, deeper in record(pairs, classify))
        return
    shown = [
        f"{value}" if classify(value).is_name else f"{key}: {value}" for key, value in attributes
    ]
    if shown:
        yield TextLine(f"{shown[0]}:", depth)
        yield from (TextLine(line, depth + 1) for line in shown[1:])
    elif tag and tag not in _PLAIN and classify(tag).is_title:
        yield TextLine(f"{tag}:", depth)
        shown = [tag]
    numbered = iter(parts)
    for part in numbered:
        if isinstance(part, str):
            yield from (
                TextLine(line, depth + bool(shown)) for line in part.split("\n") if line.strip()
            )
        elif part[0] in ("dt", "th") and tag != "tr":
            below = next(numbered, None)
            while isinstance(below, str):
                below = next(numbered, None)
            yield TextLine(f"{_text(part)}: {_text(below) if below else ''}", depth + bool(shown))
        else:
            yield from _of_node(part, depth + bool(shown), classify)


def _text(node: list[Any]) -> str:
    parts = (part if isinstance(part, str) else _text(part) for part in node[2])
    return " ".join(" ".join(parts).split())


class _Frame(NamedTuple):
    depth: int
    text: str
    is_title: bool
    """Whether it governs lines of its own depth, too."""
    is_soft: bool = False
    """Whether a blank line ends it, once it has content."""


class _Outline:
    """Lines under what governs them."""

    def __init__(self, classify: Classify) -> None:
        self._classify = classify
        self._frames: list[_Frame] = []
        self._has_content = False
        self._head: tuple[Sequence[str], str] | None = None
        """The head of the last table, and its delimiter."""
        self._item: tuple[int, str] | None = None
        """The bullet that opened with a name: its depth and its text."""

    def items(self, lines: Sequence[TextLine]) -> Iterator[Item]:
        place = 0
        is_new = True
        while place < len(lines):
            line = lines[place]
            text = _undrawn(line.text)
            if not text.strip() or text.strip().startswith("```"):
                self._blank()
                is_new = True
                place += 1
                continue
            table = self._table(lines, place)
            if table:
                size, found = table
                yield from found
                place += size
                continue
            group = self._record(lines, place)
            if group:
                size, found = group
                yield from found
                place += size
                continue
            below = lines[place + 1].text if place + 1 < len(lines) else ""
            if not (_RULE.match(text) and not re.search(r"\w", text)):
                yield from self._line(text, line.depth, below, is_new=is_new)
                is_new = False
            place += 1

    def _path(self) -> tuple[str, ...]:
        return tuple(frame.text for frame in self._frames)

    def _blank(self) -> None:
        self._item = None
        if self._has_content:
            self._frames = [f for f in self._frames if not f.is_soft]

    def _push(self, frame: _Frame) -> None:
        self._frames.append(frame)

    def _line(self, text: str, depth: int, below: str, *, is_new: bool) -> Iterator[Item]:
        body = text.strip()
        depth = depth if depth >= 0 else 2 * (len(text) - len(text.lstrip()))
        heading = self._heading(body, below)
        if heading:
            title, level = heading
            level = depth if level == 7 else level - 10
            self._frames = [f for f in self._frames if f.depth < level]
            self._push(_Frame(level, title, True, level >= 0))
            self._has_content = False
            self._item = None
            yield Item(title, self._path()[:-1], is_title=True)
            return
        bullet = _BULLET.match(body)
        if bullet and bullet.end() < len(body):
            body, depth = body[bullet.end() :], depth + 1
        else:
            bullet = None
        if "**" in body or "__" in body:
            body = re.sub(r"\*\*|(?<![\w.`])__(.+?)__(?!\w)", r"\1", body).strip()
        if body[:1] == "|":
            body = body.strip("| ")
        entitled = _ENTITLED.fullmatch(body)
        if entitled and role_of(entitled[1]) == "subject" and self._classify(entitled[2]).is_name:
            body = entitled[2]
        kind = self._classify(body)
        if kind.is_title:
            self._frames = [f for f in self._frames if f.depth < depth or (f.depth == depth < 0)]
            yield Item(body, self._path(), is_title=True)
            self._push(_Frame(depth, body, True, True))
            self._has_content, self._item = False, None
            return
        self._frames = [
            f for f in self._frames if f.depth < depth or (f.is_title and f.depth == depth)
        ]
        above = self._item[1] if bullet and self._item and self._item[0] == depth else ""
        yield Item(body, self._path(), is_new or bullet is not None, above)
        self._has_content = True
        if bullet and self._classify(re.split(r"[:(—–,]", body, maxsplit=1)[0]).is_name:
            self._item = (depth, body)
        self._push(_Frame(depth, body, False))

    def _heading(self, body: str, below: str) -> tuple[str, int] | None:
        for pattern, parts in _MARKED if body[0] in "#h=-*~[_" else ():
            if match := pattern.match(body):
                return parts(match)
        is_underlined = _UNDERLINE.fullmatch(below.strip()) and len(body) < 80
        return (body, 2) if is_underlined and self._classify(body).is_title else None

    def _record(self, lines: Sequence[TextLine], place: int) -> tuple[int, list[Item]] | None:
        """The record of a list item such as "- subject: X", with the fields below it."""
        if not _ITEM.match(lines[place].text) or lines[place].depth >= 0:
            return None
        indent = len(lines[place].text) - len(lines[place].text.lstrip())
        pairs, end = [], place
        while end < len(lines):
            text = lines[end].text
            inside = len(text) - len(text.lstrip()) > indent and not text.lstrip().startswith("- ")
            match = _FIELD.fullmatch(text.replace("- ", "", 1) if end == place else text)
            if match is None or (end > place and not inside):
                break
            pairs.append((match[1], match[2].strip().strip("\"'")))
            end += 1
        if len(pairs) < 2 or not any(role_of(head) for head, _ in pairs):
            return None
        depth = 2 * indent
        self._frames = [
            f for f in self._frames if f.depth < depth or (f.is_title and f.depth == depth)
        ]
        found = list(self._of_record(pairs))
        if found or end < len(lines):
            head = next((text for text, deeper in record(pairs, self._classify) if not deeper), "")
            self._push(_Frame(depth, head, False))
        return end - place, found

    def _of_record(self, pairs: Sequence[Pair]) -> Iterator[Item]:
        path, head = self._path(), ""
        for text, deeper in record(pairs, self._classify):
            if deeper == 0:
                head = text
                if not text.endswith(":"):
                    yield Item(text, path)
            else:
                yield Item(text, (*path, head) if head else path)

    def _table(self, lines: Sequence[TextLine], place: int) -> tuple[int, list[Item]] | None:
        text = _undrawn(lines[place].text)
        delimiter = next((sign for sign in "|\t,;" if sign in text), "")
        if not delimiter or place + 1 >= len(lines):
            return None
        head = _cells(text, delimiter)
        roles = self._columns(head) if len(head) > 1 else None
        if roles is None:
            if self._head and self._head[1] == delimiter and len(self._head[0]) == len(head) > 3:
                return 1, list(self._of_record(list(zip(self._head[0], head, strict=True))))
            return None
        rows, end = _rows(lines, place + 1, len(head), delimiter)
        if not rows:
            return None
        self._has_content, self._head = True, (head, delimiter)
        found: list[Item] = []
        above: Sequence[str] = ()
        for cells in rows:
            is_merged = "key" in roles and above
            lead = next((n for n, cell in enumerate(cells) if cell), 0) if is_merged else 0
            above = [*above[:lead], *cells[lead:]]
            found += self._of_record(list(zip(head, above, strict=False)))
        return end - place, found

    def _columns(self, head: Sequence[str]) -> list[str] | None:
        """The roles of the columns under a line of cells; None if it is not the head of a table."""
        kinds: list[Title] = []
        for cell in head:  # Most lines end here, at their first cells.
            if _HAS_FIGURE.search(cell):
                return None
            kind = self._classify(cell)
            if kind.has_value or (not kind.is_label and _STATES.search(cell)):
                return None
            kinds.append(kind)
        roles = [
            role_of(cell) or "subject" * kind.is_kind
            for cell, kind in zip(head, kinds, strict=True)
        ]
        labels = sum(kind.is_label or role != "" for kind, role in zip(kinds, roles, strict=True))
        names = sum(kind.is_name and not role for kind, role in zip(kinds, roles, strict=True))
        is_head = (
            (labels > 1 and not names and 2 * labels >= len(head))
            or (names > 1 and all(kind.is_name for kind in kinds[1:]))
            or (
                names == len(head) - 1 == 1
                and labels == 1
                and not kinds[0].is_name
                and roles[0] in ("key", "subject")
            )
        )
        return roles if is_head else None


def _rows(
    lines: Sequence[TextLine], start: int, width: int, delimiter: str
) -> tuple[list[Sequence[str]], int]:
    """The rows of a table from a line on, and where it ends."""
    rows: list[Sequence[str]] = []
    for end in range(start, len(lines)):
        below = _undrawn(lines[end].text)
        if end == start and below.strip() and not re.search(r"\w", below):
            continue
        row = _cells(below, delimiter)
        if len(row) < 2 or abs(len(row) - width) > 1:
            return rows, end
        if any(re.search(r"\w|\?", cell) for cell in row):
            rows.append(row)
    return rows, len(lines)


def _undrawn(text: str) -> str:
    """A line with indentation for the signs of a drawn tree or a quotation, `|` for box lines."""
    if "─" in text or "│" in text or "║" in text:
        if match := _BRANCH.match(text):
            text = " " * len(match[0]) + text[match.end() :]
        text = text.translate(_BOX)
    if match := _QUOTED.match(text):
        text = "  " * match[0].count(">") + text[match.end() :]
    return text


def _cells(text: str, delimiter: str) -> list[str]:
    if delimiter == "|":
        text = text.strip().removeprefix("|").removesuffix("|")
        return [cell.strip(" *`") for cell in re.split(r"(?<!\\)\|+", text)]
    if delimiter not in text:
        return []
    try:
        return [cell.strip(" *`") for cell in next(csv.reader([text], delimiter=delimiter), [])]
    except csv.Error:
        return []
