"""The fact reader of web: what is known of records, on pages as shown and in any layout."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache

from memorygym.core.statements import Statement
from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import Reading
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.names import CapitalisedNames
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.stream_reader import StreamReader, ranked
from memorygym.tracks.web import texts
from memorygym.tracks.web.app import CODE, NUMBER, App, RecordAttribute
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.env import WEB_TOOLS
from memorygym.tracks.web.tree import ACTED_ON

_IS_CODE = re.compile(CODE).fullmatch
_TOLD = re.compile(r'\b(?:paragraph|listitem|alert): ("(?:[^"\\\n]|\\.)*")?')
"""What stands before a text on a page; the text may be in quotes."""


@lru_cache
def frame_of(app: App) -> re.Pattern[str]:
    """What states nothing, wherever a memory puts it: elements, titles, errands, calls of tools."""
    asked = "|".join(re.sub(r"\\\{\w+\\\}", ".{1,60}?", re.escape(f.errand)) for f in app.forms)
    parts = (
        rf'\[\d+\] (?:{"|".join(ACTED_ON)}) "[^"\n]*"(?:: (?:"[^" \n]*"|[\w-]+))?',
        r'\b(?:heading|option|row|cell|columnheader) "[^"\n]{0,40}"(?: \[\w+(?:=\d+)?\])?:?',
        r"\b(?:banner|navigation|main|list|table|rowgroup|listitem):(?=\n|$)",
        r"\bPage: [^(\n]{1,40} \(/[^)\s]*\)",
        r"… \d+ lines (?:above|below); scroll (?:up|down)",
        rf"\b{re.escape(texts.errand(app.title, ''))[:-2]}(?:{asked})\.",
        rf"\b{texts.READ}/notes/\d+ first; it closes when you are through\.",
        rf'\b(?:{"|".join(tool.name for tool in WEB_TOOLS)})"?[ ,]*\{{[^}}\n]*\}}',
    )
    return re.compile("|".join(parts), re.MULTILINE)


def _key(attribute: RecordAttribute) -> Key:
    kinds = {"code": "word", "number": "word", "choice": "enum", "record": "entity"}
    return Key(
        attribute.key,
        kinds[attribute.kind],  # type: ignore[arg-type]  # These are kinds of values.
        (attribute.key, *attribute.others),
        pattern={"code": CODE, "number": NUMBER}.get(attribute.kind, ""),
        choices=attribute.choices,
        subject=attribute.type,
        value=attribute.of,
    )


@lru_cache
def vocabulary_of(app: App) -> Vocabulary:
    """What the reader knows of an application."""
    keys, nouns = tuple(map(_key, app.attributes)), frozenset(app.types)
    return Vocabulary(keys, CapitalisedNames(keys, nouns), nouns, app.type_of)


class WebReader(StreamReader):
    """Reads the facts of one application. What replaces a value ranks above it."""

    def __init__(self, app: App, shown: tuple[str, ...] | None = None) -> None:
        super().__init__(vocabulary_of(app), shown)
        self._app = app

    def against(self, shown: Iterable[str]) -> "WebReader":
        """See core.statements.MatchingReader."""
        return reader_for(self._app.name, tuple(shown))

    def _stated(self, shown: tuple[str, ...]) -> Iterable[Statement]:
        told = reader_for(self._app.name)
        return (fact for text in shown for fact in told._parsed(text).facts)

    def _general(self, text: str) -> Reading:
        return self._matcher.read(frame_of(self._app).sub("", _TOLD.sub(_unquoted, text)))

    def _statements(self, text: str) -> tuple[Statement, ...]:
        facts = self._parsed(text).facts
        # What a line says was before is no value that it says to be now.
        now = "\n".join(cues.FORMER.split(line)[0] for line in text.lower().split("\n"))
        read = ranked(now, facts, lambda fact: (fact.subject, fact.key, fact.text))
        return tuple(f._replace(value=f.text.upper()) if _IS_CODE(f.text) else f for f in read)

    def render(self, fact: Statement) -> str:
        """The sentence that states a fact."""
        return f"The {fact.key} of {fact.subject} is {'now ' if fact.rank else ''}{fact.text}."


def _unquoted(match: re.Match[str]) -> str:
    """The text in quotes, if there is one that can be read."""
    try:
        return str(json.loads(match[1], strict=False)) if match[1] else ""
    except ValueError:
        return match[1]


@lru_cache(maxsize=64)
def reader_for(name: str, shown: tuple[str, ...] | None = None) -> WebReader:
    """The reader of an application, against the texts of a session if they are known; it parses
    each text once."""
    return WebReader(app_named(name), shown)


def reader_of(system: str) -> WebReader:
    """The reader for a system message, which names the application."""
    return reader_for(texts.app_of(system))
