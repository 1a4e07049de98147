"""Parses the questions of worlds from their English text.

In a pattern, a0, a1 and a2 are attributes in the order of their roles, v0 and v1 bounds on a0 and
a1, r0 and r1 relations; `name` is an entity, `names` a list of entities, `scope` a described set.
"""

import re
from functools import lru_cache

from memorygym.tracks.worlds.facts import Attribute, Guide, Query, Value
from memorygym.tracks.worlds.prose_reader import ProseReader, loose_number

_NAME = r"[A-Z][a-z]+(?: [A-Z][a-z]+)+"
_ENTRY = rf"(?P<name>{_NAME}) for (?P<a0>.+)"
_TIE = rf'"(?P<name>{_NAME}) (?P<r0>RELATION) \.\.\."'
_BODY = re.compile(r"=== QUESTION[^\n]*===\n(.*?)(?:\n\nAnswer with submit_answer\.)?\s*$", re.S)
_SIZE = re.compile(r"^(?:the|these) (\d+) ")
FORMS = (
    ("value", rf"What does the record of (?P<name>{_NAME}) give for (?P<a0>.+)\?"),
    ("value", rf"Please state the entry of {_ENTRY}\."),
    ("value", rf"Do the documents give (?P<name>{_NAME}) an entry for (?P<a0>.+), and if so, .*"),
    ("value", rf"Is there any entry of {_ENTRY}\? .*"),
    ("delta", rf"The entry of {_ENTRY} was changed\. By how .*"),
    ("before", rf"The entry of {_ENTRY} was changed\. What would .*"),
    (
        "ratio",
        rf"For (?P<name>{_NAME}), divide the entry for (?P<a0>.+) by the entry for (?P<a1>.+): .*",
    ),
    ("trend", rf"From the first to the last period, how does the entry of {_ENTRY} move: .*"),
    ("extreme", rf"In which period, .*, is the entry of {_ENTRY} (?P<flag>highest|lowest), .*"),
    ("best", r"Which of (?P<names>.+) has the (?P<flag>highest|lowest) entry for (?P<a0>.+)\? .*"),
    ("gap", r"Which of (?P<names>.+) has the higher entry for (?P<a0>.+), and by how much\? .*"),
    (
        "outlier",
        r"Which of (?P<names>.+) lies farthest .* entry for (?P<a0>.+), and by how much\? .*",
    ),
    (
        "groups",
        r"Sort (?P<names>.+) by their groups .* mean entry for (?P<a0>.+) is highest:"
        r" .* highest entry for (?P<a1>.+)\? .*",
    ),
    ("total", r"Across (?P<scope>.+), what is the sum of the entries for (?P<a0>.+)\?"),
    (
        "top",
        r"Of (?P<scope>.+), take the three with the highest entries for (?P<a0>.+):"
        r" .* sum of their entries for (?P<a1>.+)\?",
    ),
    (
        "conditional",
        r"Among (?P<scope>.+), look only at those with an entry above (?P<v0>.+) for (?P<a0>.+):"
        r" which has the (?P<flag>highest|lowest) entry for (?P<a1>.+)\? .*",
    ),
    (
        "constraints",
        r"Among (?P<scope>.+), how many have an entry above (?P<v0>.+) for (?P<a0>.+) and one below"
        r" (?P<v1>.+) for (?P<a1>.+), and what is the sum of their entries for (?P<a2>.+)\? .*",
    ),
    (
        "match",
        r'Among (?P<scope>.+), which has the word "(?P<word>.+)" in the entry for (?P<a0>.+),'
        r" and what is the entry for (?P<a1>.+) there\? .*",
    ),
    (
        "match",
        r'Among (?P<scope>.+), which has "(?P<word>.+)" as the entry for (?P<a0>.+),'
        r" and what is the entry for (?P<a1>.+) there\? .*",
    ),
    ("lookup", rf"Complete the sentence {_TIE}: .*"),
    ("hop", rf"Take the .+? that completes {_TIE}\. .* entry for (?P<a0>.+) under that name\?"),
    (
        "chain",
        rf'Follow {_TIE} and from there "\.\.\. (?P<r1>RELATION) \.\.\.":'
        r" .* entry for (?P<a0>.+) under that name\? .*",
    ),
    ("count", rf"How many .+? complete the sentence {_TIE}, .*"),
    ("best_related", rf"Of all .+? that complete {_TIE}, .* highest entry for (?P<a0>.+)\? .*"),
)
"""The kind of the query, and the pattern of the whole question."""


class QuestionParser:
    """Parses questions under one guide."""

    def __init__(self, guide: Guide, prose: ProseReader) -> None:
        self._prose = prose
        self._codes = {relation.phrase: relation.code for relation in guide.relations}
        any_relation = "|".join(map(re.escape, self._codes))
        self._forms = [
            (kind, re.compile(form.replace("RELATION", any_relation), re.S)) for kind, form in FORMS
        ]
        self._cached = lru_cache(maxsize=5_000)(self._read)

    def ask(self, text: str) -> Query | None:
        """The question in an event's text, or None if there is none or no pattern fits."""
        return self._cached(text)

    def _read(self, text: str) -> Query | None:
        body = _BODY.search(text)
        if body is None:
            return None
        for kind, form in self._forms:
            if match := form.fullmatch(body[1]):
                try:
                    return self._query(kind, match.groupdict())
                except KeyError:
                    continue
        return None

    def _query(self, kind: str, part: dict[str, str]) -> Query:
        """The query. Raises KeyError if the guide lacks a label, or the scope has no size."""
        attributes = [self._attribute(part[role]) for role in ("a0", "a1", "a2") if role in part]
        names, categories, size = _scope(part["scope"]) if "scope" in part else ((), (), 0)
        if "names" in part:
            names = tuple(re.findall(_NAME, part["names"]))
        if "name" in part:
            names = (part["name"],)
        bounds: list[Value] = [part["word"]] if "word" in part else []
        bounds += [loose_number(part[f"v{i}"], attributes[i]) for i in (0, 1) if f"v{i}" in part]
        return Query(
            kind,
            names,
            tuple(a.code for a in attributes),
            tuple(self._codes[part[role]] for role in ("r0", "r1") if role in part),
            categories,
            size,
            tuple(bounds),
            (part["flag"],) if "flag" in part else (),
        )

    def _attribute(self, label: str) -> Attribute:
        attribute = self._prose.attribute(label.split(" "))
        if attribute is None or label not in (attribute.label, attribute.alias):
            raise KeyError(label)
        return attribute


def _scope(text: str) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """The names or the categories of a scope, and its stated size."""
    size = _SIZE.match(text)
    if size is None:
        raise KeyError(text)
    groups = tuple(re.findall(r"'([^']+)'", text))
    names = () if groups else tuple(text[text.index("(") + 1 : -1].split("; "))
    return names, groups, int(size[1])
