"""Writes a question from its arguments, and parses it again, by the texts of its kind."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from memorygym.core.statements import CATEGORY, Value
from memorygym.tracks._qa.questions import wording
from memorygym.tracks.worlds.facts import NAME, Attribute, Guide, Query, listed
from memorygym.tracks.worlds.prose_reader import loose_number
from memorygym.tracks.worlds.questions import KINDS

_BODY = re.compile(r"=== QUESTION[^\n]*===\n(.*?)(?:\n\nAnswer with submit_answer\.)?\s*$", re.S)
_SIZE = re.compile(r"^(?:the|these) (\d+) ")


def render(guide: Guide, query: Query, text: str, label: Callable[[Attribute], str]) -> str:
    """The question in words; `label` chooses what to call an attribute."""
    attributes = [guide.attribute(code) for code in query.codes]
    phrases = {relation.code: relation.phrase for relation in guide.relations}
    is_percent = bool(attributes) and attributes[0].suffix == "%"
    fields = {
        "noun": guide.noun,
        "plural": guide.plural,
        "much": "many percentage points" if is_percent else "much",
        "points": " IN PERCENTAGE POINTS" if is_percent else "",
        "name": _description(guide, query, label) if query.clues else query.names[0],
        "names": listed(query.names),
        "scope": _scope_text(guide, query),
        "flag": "".join(query.flags),
    }
    fields |= {f"a{role}": label(a) for role, a in enumerate(attributes)}
    fields |= {f"v{role}": attributes[role].show(v) for role, v in enumerate(query.bounds)}
    fields |= {f"r{role}": phrases[code] for role, code in enumerate(query.relations)}
    return text.format_map(fields)


def _description(guide: Guide, query: Query, label: Callable[[Attribute], str]) -> str:
    """The entity by what is known of it: "the hospital that refers patients to Basil Abbey"."""
    clauses = list[str]()
    for key, value in query.clues:
        if key == CATEGORY:
            clauses.append(f"belongs to the '{value}' group")
        elif relation := guide.relation(key):
            clauses.append(f"{relation.phrase} {value}")
        else:
            attribute = guide.attribute(key)
            clauses.append(f"files {attribute.quoted(value)} under {label(attribute)}")
    return f"the {guide.noun} that {listed(clauses)}"


def _scope_text(guide: Guide, query: Query) -> str:
    if not query.categories:
        return f"these {query.size} {guide.plural} ({'; '.join(query.names)})"
    groups = [f"'{name}'" for name in query.categories]
    words = f"groups {listed(groups)}" if len(groups) > 1 else f"group {groups[0]}"
    return f"the {query.size} {guide.plural} of the {words}"


def _clue(guide: Guide) -> str:
    """The pattern of a clause of a description."""
    phrases = "|".join(re.escape(relation.phrase) for relation in guide.relations)
    labels = "|".join(re.escape(label) for a in guide.attributes for label in (a.label, a.alias))
    return (
        rf"belongs to the '([^']+)' group|({phrases}) ({NAME})"
        rf'|files "?([^",]+?)"? under ({labels})(?= |,|$)'
    )


def description(guide: Guide) -> str:
    """The pattern of a description."""
    clause = f"(?:{re.sub(r'[(](?![?])', '(?:', _clue(guide))})"
    return f"the {re.escape(guide.noun)} that {clause}(?:(?:, | and ){clause})*"


class QuestionParser:
    """Parses questions under one guide."""

    def __init__(self, guide: Guide) -> None:
        self._labels = {label: a for a in guide.attributes for label in (a.label, a.alias)}
        self._relations = {relation.phrase: relation.code for relation in guide.relations}
        phrases = "|".join(map(re.escape, self._relations))
        self._clue = re.compile(_clue(guide))
        fields = {
            "noun": re.escape(guide.noun),
            "plural": re.escape(guide.plural),
            "much": "much|many percentage points",
            "points": "(?: IN PERCENTAGE POINTS)?",
            "name": f"{NAME}|{description(guide)}",
            "flag": "highest|lowest",
            "r0": phrases,
            "r1": phrases,
        }
        self._forms = [
            (kind.name, wording(text, fields))
            for kind in KINDS.values()
            for text in (*kind.text.split("\n"), *kind.trick.split("\n"))
        ]
        self._cached = lru_cache(maxsize=5_000)(self._parsed)

    def ask(self, text: str) -> Query | None:
        """The question in an event's text, or None if there is none or no text fits."""
        return self._cached(text)

    def _parsed(self, text: str) -> Query | None:
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

    def _query(self, kind: str, part: Mapping[str, str]) -> Query:
        """The query. Raises KeyError if the guide lacks a label, or the scope has no size."""
        attributes = [self._labels[part[role]] for role in ("a0", "a1", "a2") if role in part]
        names, categories, size = _scope(part["scope"]) if "scope" in part else ((), (), 0)
        if "names" in part:
            names = tuple(re.findall(NAME, part["names"]))
        clues = tuple(map(self._clue_in, self._clue.finditer(part.get("name", ""))))
        if "name" in part and not clues:
            names = (part["name"],)
        return Query(
            names,
            tuple(a.code for a in attributes),
            tuple(self._relations[part[role]] for role in ("r0", "r1") if role in part),
            categories,
            size,
            tuple(_bound(part[f"v{i}"], attributes[i]) for i in (0, 1) if f"v{i}" in part),
            (part["flag"],) if "flag" in part else (),
            kind,
            clues,
        )

    def _clue_in(self, match: re.Match[str]) -> tuple[str, Value]:
        """The key and the value that a clause of a description states."""
        group, relation, other, value, label = match.groups()
        if group:
            return CATEGORY, group
        if relation:
            return self._relations[relation], other
        return self._labels[label].code, value


def _bound(text: str, attribute: Attribute) -> Value:
    return loose_number(text, attribute) if attribute.kind in ("int", "float") else text


def _scope(text: str) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """The names or the categories of a scope, and its stated size."""
    size = _SIZE.match(text)
    if size is None:
        raise KeyError(text)
    groups = tuple(re.findall(r"'([^']+)'", text))
    names = () if groups else tuple(text[text.index("(") + 1 : -1].split("; "))
    return names, groups, int(size[1])
