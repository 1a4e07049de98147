"""HTML, and XML whose elements are keys, as plain lines with depths."""

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

from memorygym.scoring.fact_reader.fields import one_fact, roles_of
from memorygym.scoring.fact_reader.lines import Line

_INLINE = frozenset("b strong i em u a span code small mark font sup sub s del tt".split())
_BLOCKS = frozenset(
    "html body div p section article ul ol li dl dd dt table thead tbody tfoot br hr head main"
    " header footer pre blockquote h1 h2 h3 h4 h5 h6".split()
)


def lines_of_tags(text: str, nouns: frozenset[str]) -> list[Line]:
    """The lines of a text in HTML or XML."""
    parser = _Tags(nouns)
    parser.feed(text)
    parser.close()
    parser.flush()
    return parser.lines


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
        if text := self._taken():
            depth = 2 * (len(self._open) + self._lists)
            self.lines.append(Line(text, depth if depth else -1, title=self._title))

    def _taken(self) -> str:
        """The text since the last line, which begins anew."""
        text = " ".join("".join(self._text).split())
        self._text = []
        return text

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
        elif tag not in _BLOCKS:
            self._element(tag, {name: value or "" for name, value in attrs})

    def _element(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begins an element that HTML does not know."""
        if self._open and self._open[-1]:
            self.lines.append(Line(f"{self._open[-1]}:", 2 * len(self._open) - 2))
            self._open[-1] = ""
        if not attributes:
            self._open.append(tag)
            return
        roles = roles_of(attributes, self._nouns)
        depth = 2 * len(self._open)
        if stated := one_fact(attributes, roles):
            self.lines.append(Line(stated, depth))
            self._open.append("")
            return
        heads = [attributes[roles["subject"]]] if "subject" in roles else []
        rest = [
            f"{name}: {value}" for name, value in attributes.items() if name != roles.get("subject")
        ]
        if "key" in roles or (heads and not rest):
            pairs = attributes.items()
            others = "; ".join(f"{n}: {v}" for n, v in pairs if n not in roles.values())
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
            self._row.append(self._taken())
        elif tag == "tr" and self._row is not None:
            self.lines.append(Line("", cells=tuple(self._row)))
            self._row = None
        elif tag not in _BLOCKS:
            self._close()
        else:
            self.flush()
            self._title = 0
            if tag in ("ul", "ol", "dd"):
                self._lists = max(0, self._lists - 1)

    def _close(self) -> None:
        """Ends an element that HTML does not know."""
        text = self._taken()
        key = self._open.pop() if self._open else ""
        if text:
            self.lines.append(Line(f"{key}: {text}" if key else text, 2 * len(self._open)))
