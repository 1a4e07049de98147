"""Understands the questions of the worlds track from their English."""

import re
from collections.abc import Callable

from memorygym.facts import Attribute, Guide, Query, Value
from memorygym.tracks.worlds.prose import ProseReader

_NAME = r"([A-Z][a-z]+(?: [A-Z][a-z]+)+)"
_BODY = re.compile(r"=== QUESTION[^\n]*===\n(.*?)(?:\n\nAnswer with submit_answer\.)?\s*$", re.S)
_SIZE = re.compile(r"^(?:the|these) (\d+) ")


class QuestionReader:
    """Understands questions under one guide."""

    def __init__(self, guide: Guide, prose: ProseReader) -> None:
        self._guide = guide
        self._prose = prose
        relations = "|".join(re.escape(r.phrase) for r in guide.relations)
        self._codes = {r.phrase: r.code for r in guide.relations}
        tie = rf'"{_NAME} ({relations}) \.\.\."'
        forms: list[tuple[str, Callable[[re.Match[str]], Query]]] = [
            (rf"(?:What does the record give|Please state the entry) for (.+) at {_NAME}[?.]", self._value),
            (rf"Do the documents say anything about (.+) at {_NAME}, and if so, what\?", self._value),
            (rf"Is there any entry for (.+) at {_NAME}\?.*", self._value),
            (r"The entry for (.+) at " + _NAME + r" was changed\. By how much .*", self._delta),
            (r"The entry for (.+) at " + _NAME + r" was changed\. What would .*", self._before),
            (rf"For {_NAME}, divide the entry for (.+) by the entry for (.+): .*", self._ratio),
            (r"From the first to the last period, how does the entry for (.+?) at " + _NAME + r" move: .*", self._trend),
            (rf"In which period, counted from 1, is the entry for (.+) at {_NAME} (highest|lowest), .*", self._extreme),
            (r"Which of (.+) has the (highest|lowest) entry for (.+)\? .*", self._best),
            (r"Which of (.+) has the higher entry for (.+), and by how much\? .*", self._gap),
            (r"Which of (.+) lies farthest from their mean entry for (.+), and by how much\? .*", self._outlier),
            (
                r"Sort (.+) by their groups .* whose mean entry for (.+) is highest: .* has the highest entry for (.+)\? .*",
                self._hop_groups,
            ),
            (r"Across (.+), what is the sum of the entries for (.+)\?", self._total),
            (r"Of (.+), take the three with the highest entries for (.+): .* sum of their entries for (.+)\?", self._top),
            (
                r"Among (.+), look only at those with an entry above (.+) for (.+): which has the"
                r" (highest|lowest) entry for (.+)\? .*",
                self._conditional,
            ),
            (
                r"Among (.+), how many have an entry above (.+) for (.+) and one below (.+) for (.+), and"
                r" what is the sum of their entries for (.+)\? .*",
                self._constraints,
            ),
            (
                r'Among (.+), which has the word "(.+)" in the entry for (.+), and what is the entry for (.+) there\? .*',
                self._match_text,
            ),
            (r'Among (.+), which has "(.+)" as the entry for (.+), and what is the entry for (.+) there\? .*', self._match_choice),
            (rf"Complete the sentence {tie}: .*", self._lookup),
            (rf"Take the .+? that completes {tie}\. .* the entry for (.+) under that name\?", self._hop),
            (
                rf'Follow {tie} and from there "\.\.\. ({relations}) \.\.\.": .* the entry for (.+) under that name\? .*',
                self._chain,
            ),
            (rf"How many .+? complete the sentence {tie}, .*", self._count),
            (rf"Of all .+? that complete {tie}, which has the highest entry for (.+)\? .*", self._best_related),
        ]
        self._forms = [(re.compile(pattern, re.S), made) for pattern, made in forms]
        self._seen: dict[str, Query | None] = {}

    def ask(self, text: str) -> Query | None:
        """The question that an event asks, None if there is none or it is not understood."""
        if text not in self._seen:
            if len(self._seen) > 5_000:
                self._seen.clear()
            self._seen[text] = self._read(text)
        return self._seen[text]

    def _read(self, text: str) -> Query | None:
        body = _BODY.search(text)
        if body is None:
            return None
        for pattern, made in self._forms:
            if found := pattern.fullmatch(body[1]):
                try:
                    return made(found)
                except KeyError:
                    continue
        return None

    def _a(self, label: str) -> Attribute:
        found = self._prose.attribute(label.split(" "))
        if found is None or label not in (found.label, found.alias):
            raise KeyError(label)
        return found

    def _names(self, text: str) -> tuple[str, ...]:
        return tuple(re.findall(_NAME, text))

    def _scope(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...], int]:
        """Names, categories and size of a scope."""
        size = _SIZE.match(text)
        if size is None:
            raise KeyError(text)
        groups = tuple(re.findall(r"'([^']+)'", text))
        names = () if groups else tuple(text[text.index("(") + 1 : -1].split("; "))
        return names, groups, int(size[1])

    def _bound(self, a: Attribute, text: str) -> Value:
        digits = re.sub(r"[^\d.-]", "", text)
        whole, _, rest = digits.partition(".")
        return int(whole + rest[: a.decimals].ljust(a.decimals, "0"))

    def _value(self, m: re.Match[str]) -> Query:
        return Query("value", (m[2],), (self._a(m[1]).code,))

    def _delta(self, m: re.Match[str]) -> Query:
        return Query("delta", (m[2],), (self._a(m[1]).code,))

    def _before(self, m: re.Match[str]) -> Query:
        return Query("before", (m[2],), (self._a(m[1]).code,))

    def _ratio(self, m: re.Match[str]) -> Query:
        return Query("ratio", (m[1],), (self._a(m[2]).code, self._a(m[3]).code))

    def _trend(self, m: re.Match[str]) -> Query:
        return Query("trend", (m[2],), (self._a(m[1]).code,))

    def _extreme(self, m: re.Match[str]) -> Query:
        return Query("extreme", (m[2],), (self._a(m[1]).code,), flags=(m[3],))

    def _best(self, m: re.Match[str]) -> Query:
        return Query("best", self._names(m[1]), (self._a(m[3]).code,), flags=(m[2],))

    def _gap(self, m: re.Match[str]) -> Query:
        return Query("gap", self._names(m[1]), (self._a(m[2]).code,))

    def _outlier(self, m: re.Match[str]) -> Query:
        return Query("outlier", self._names(m[1]), (self._a(m[2]).code,))

    def _hop_groups(self, m: re.Match[str]) -> Query:
        return Query("groups", self._names(m[1]), (self._a(m[2]).code, self._a(m[3]).code))

    def _over(self, kind: str, scope: str, *labels: str, **rest: tuple[Value, ...]) -> Query:
        names, groups, size = self._scope(scope)
        codes = tuple(self._a(label).code for label in labels)
        flags = tuple(str(flag) for flag in rest.get("flags", ()))
        return Query(kind, names, codes, (), groups, size, rest.get("bounds", ()), flags)

    def _total(self, m: re.Match[str]) -> Query:
        return self._over("total", m[1], m[2])

    def _top(self, m: re.Match[str]) -> Query:
        return self._over("top", m[1], m[2], m[3])

    def _conditional(self, m: re.Match[str]) -> Query:
        bound = self._bound(self._a(m[3]), m[2])
        return self._over("conditional", m[1], m[3], m[5], bounds=(bound,), flags=(m[4],))

    def _constraints(self, m: re.Match[str]) -> Query:
        low, high = self._bound(self._a(m[3]), m[2]), self._bound(self._a(m[5]), m[4])
        return self._over("constraints", m[1], m[3], m[5], m[6], bounds=(low, high))

    def _match_text(self, m: re.Match[str]) -> Query:
        return self._over("match", m[1], m[3], m[4], bounds=(m[2],))

    def _match_choice(self, m: re.Match[str]) -> Query:
        return self._over("match", m[1], m[3], m[4], bounds=(m[2],))

    def _lookup(self, m: re.Match[str]) -> Query:
        return Query("lookup", (m[1],), (), (self._codes[m[2]],))

    def _hop(self, m: re.Match[str]) -> Query:
        return Query("hop", (m[1],), (self._a(m[3]).code,), (self._codes[m[2]],))

    def _chain(self, m: re.Match[str]) -> Query:
        relations = (self._codes[m[2]], self._codes[m[3]])
        return Query("chain", (m[1],), (self._a(m[4]).code,), relations)

    def _count(self, m: re.Match[str]) -> Query:
        return Query("count", (m[1],), (), (self._codes[m[2]],))

    def _best_related(self, m: re.Match[str]) -> Query:
        return Query("best_related", (m[1],), (self._a(m[3]).code,), (self._codes[m[2]],))
