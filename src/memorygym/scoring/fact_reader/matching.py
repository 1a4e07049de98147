"""Reads a text by matching it against what a stream has stated.

A typed value belongs to the nearest label and name of its line, row, object or heading. It counts
if the stream stated it for that name and key. Where the text gives a key a value that nobody
stated, the key is unknown: the last value that a text gives decides.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache

from memorygym.core.statements import CURRENT, FORMER, SHIFT, UNSTATED, Statement
from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.blocks import Item, items
from memorygym.scoring.fact_reader.claims import Reading
from memorygym.scoring.fact_reader.contexts import Contexts
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.sentences import (
    DENIED,
    MARKS,
    NAMES,
    OFFERED,
    SentenceReader,
    SentenceReading,
    Subject,
)
from memorygym.scoring.fact_reader.shown import Anchor, Shown
from memorygym.scoring.fact_reader.values import stamps
from memorygym.scoring.fact_reader.vocabulary import Vocabulary

_SUM = re.compile(r"(?<![\w.,])[$€£]?\d[\d.,]*\w?\s*[-+−]\s*[$€£]?\d[\d.,]*\w?\s*=\s*(?=[$€£]?\d)")
"""A calculation before its result: "293 - 126 = "."""
_SUM_BEHIND = re.compile(
    r"(?<=\d)([\w%]*) \(=? ?[$€£]?\d[\d.,]*\w? (?:[-+−]|plus|minus) [$€£]?\d[\d.,]*\w?(?=[),;: ])"
)
_ANSWER = re.compile(r"(?<=\?) +(?=A(?:nswer)?:)")
"""Between a question and its answer on one line."""
_LONGEST = 3_000
"""Characters of the longest sentence that is read as one."""
_SENTENCE = re.compile(r"(?<=[^\s.][.!?])[\"'”*)]*\s+(?=[\"'`(]*[A-Z\d`])")


class Matcher:
    """Reads texts with one vocabulary, against what one stream stated."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        stated: Iterable[Statement] = (),
        *,
        every_value: bool = False,
    ) -> None:
        """With `every_value` a value counts though nobody stated it."""
        self.shown = Shown(vocabulary, stated, every_value=every_value)
        self._contexts = Contexts(self.shown)
        self.read = lru_cache(maxsize=4_000)(self._read)
        """What a text states and the stream stated, in the order of the text."""
        # Memories show the same lines again beside others: of twelve memories 40 % are new.
        self._sentence = lru_cache(maxsize=20_000)(self._read_sentence)

    def _read_sentence(
        self, text: str, subject: Subject, legend: tuple[Key, ...]
    ) -> SentenceReading:
        return SentenceReader(self.shown, text, subject, legend).read()

    def _read(self, text: str) -> Reading:
        stated: list[Statement] = []
        unread = 0
        last, waiting = "", None
        legend: tuple[Key, ...] = ()
        given: set[tuple[str, str]] = set()
        rows: list[tuple[tuple[str, ...], int]] = []
        """Of each item: what governs it, and the number of facts up to its end."""
        scopes = _Scopes(self.shown.vocabulary, stated)
        text = self.shown.vocabulary.spell_out_text(text).replace("=>", "→")
        text = _ANSWER.sub("\n", text)
        if "=" in text:
            text = _SUM.sub("", text)
        text = self._contexts.without_aliases(text)
        text = _SUM_BEHIND.sub(r"\1 (", text)
        for item in items(text, self._contexts.title):
            subject = self._contexts.subject(item.path)
            if subject is None:
                continue
            anchors = self.shown.anchors(item.text)
            subject = self._placed(subject, item, last, anchors)
            if waiting and not any(a.role in MARKS for a in anchors):
                owner, mark, limit = waiting
                subject = subject._replace(name=owner or subject.name, marks=(mark,), limit=limit)
            elif item.is_title:
                subject = subject._replace(marks=())
            waiting = None
            begin = len(stated)
            if "," in item.text or "/" in item.text or "|" in item.text or ";" in item.text:
                legend = self._contexts.legend(item.text) or legend
            for sentence in _sentences(item.text):
                read = self._sentence(sentence, subject, legend)
                stated += read.facts
                unread += read.unread
                if read.last and (self.shown.every_value or not cues.HE.match(sentence)):
                    subject = subject._replace(name=read.last, is_weak=False)
                waiting = read.waiting
                names = {fact.subject for fact in read.facts} | read.about
                stated += self._shared(names, subject, given)
            scopes.add(item, begin, {a.text for a in anchors if a.role in NAMES})
            last = subject.name
            rows.append((item.path, len(stated)))
        scopes.close()
        return Reading(
            tuple(self.decided([*_without_replaced(stated, rows)], by_last=True)), unread
        )

    def _placed(
        self, subject: Subject, item: Item, last: str, anchors: Sequence[Anchor]
    ) -> Subject:
        """Who a line is about: its headings, the line before for a pronoun, the bullet above."""
        if cues.PRONOUN.match(item.text) and last and not item.is_title:
            subject = subject._replace(name=last)
        elif not subject.name and not item.is_new:
            subject = subject._replace(name=last, is_weak=True)
        if not subject.name and item.above and not any(a.role in NAMES for a in anchors):
            above = self._contexts.subject((item.above,))
            subject = subject._replace(name=above.name if above else "")
        return subject

    def _shared(
        self, names: Set[str], subject: Subject, given: set[tuple[str, str]]
    ) -> Iterator[Statement]:
        """The values of headings that hold for all names below, once for each."""
        for name in sorted(names) if subject.shared else ():
            for anchor in subject.shared:
                code = anchor.keys[0].code
                if not self.shown.states(name, code, anchor.text):
                    yield Statement(name, code, anchor.text, OFFERED)
                elif (name, code) not in given:
                    given.add((name, code))
                    value = self.shown.stated(name, code, anchor.text)
                    date, source = subject.date, subject.source
                    yield Statement(name, code, value, CURRENT, date=date, source=source)

    def decided(self, facts: Sequence[Statement], *, by_last: bool) -> Iterator[Statement]:
        """The facts without those of a key of which many values are offered that nobody stated: a
        list of all that it may be tells nothing; with `by_last` or whose last value is one."""
        distinct = {fact[:3]: fact for fact in facts if fact.role != SHIFT}
        rivals, stated = Counter[tuple[object, ...]](), Counter[tuple[object, ...]]()
        for fact in distinct.values():
            (rivals if fact.role in (OFFERED, UNSTATED) else stated).update(self._groups(fact))
        unknown = {g for g, number in rivals.items() if number > self._most(g, stated[g])}
        last = {f[:2]: f.role for f in facts if f.role not in (FORMER, SHIFT, OFFERED)}
        for fact in facts:
            groups = self._groups(fact)
            is_unknown = not unknown.isdisjoint(groups)
            if fact.role == OFFERED:
                if is_unknown and distinct[fact[:3]] is fact:
                    yield fact._replace(role=UNSTATED)
                continue
            if by_last and fact.role != SHIFT and len(groups[0]) > 1:
                is_unknown = is_unknown or last.get(fact[:2]) == UNSTATED
            if fact.role in (FORMER, UNSTATED) or not is_unknown:
                yield fact

    def _groups(self, fact: Statement) -> Sequence[tuple[object, ...]]:
        """What other facts of a list share with one: its key, if that may have several values, else
        its subject and key; of a group also its key and value."""
        key = self.shown.keys.get(fact.key)
        if key and key.is_many:
            return [(fact.key,)]
        return [fact[:2], fact[1:3]] if key in self.shown.shared else [fact[:2]]

    def _most(self, group: tuple[object, ...], stated: int) -> int:
        """How many values that nobody stated a text may offer beside so many that somebody did:
        fewer of choices and dates, which are seldom anything else."""
        key = self.shown.keys.get(str(group[-1]))
        is_plain = key is None or not (key.is_many or key.kind in ("enum", "date"))
        return 2 * stated + 1 if is_plain else stated


class _Scopes:
    """Gives facts the date and the source that stand beside them: in their line, or in another line
    of the same paragraph, record or heading, if there is only one.

    A line with a date or a source and no fact ends what stands before it, if the first such line of
    a text stands behind facts; else it opens what follows.
    """

    def __init__(self, vocabulary: Vocabulary, stated: list[Statement]) -> None:
        self._vocabulary, self._stated = vocabulary, stated
        self._has_dates = any(key.kind == "date" for key in vocabulary.keys)
        self._begin = 0
        self._dates: set[str] = set()
        self._sources: set[str] = set()
        self._are_behind: bool | None = None
        """Whether lines of date and source alone end a scope."""
        self._is_ended = False

    def add(self, item: Item, begin: int, names: Set[str]) -> None:
        """Takes an item that has these names and whose facts stand from `begin` on."""
        facts = self._stated[begin:]
        date, source = self._stamp(item.text)
        if self._is_ended and (facts or names):
            self.close(begin)
        about = {fact.subject for fact in self._stated[self._begin : begin]}
        is_stamp = bool(date or source) and not facts
        if is_stamp and self._are_behind is None:
            self._are_behind = begin > 0
        is_other = not about & {fact.subject for fact in facts}
        is_second = (date and self._dates) or (source and self._sources)
        opens = (item.is_title and names) or (item.is_new and (date or source or names))
        is_same = names == about and (date or source)
        if is_stamp and self._are_behind and names <= about:
            self._is_ended = True
        elif about and (is_other if facts else is_second or (opens and not is_same)):
            self.close(begin)
        self._fill(begin, date, source)
        self._dates |= {date} - {""}
        self._sources |= {source} - {""}

    def close(self, end: int | None = None) -> None:
        """Ends a scope: what it states once holds for all its facts."""
        date = next(iter(self._dates)) if len(self._dates) == 1 else ""
        source = next(iter(self._sources)) if len(self._sources) == 1 else ""
        self._fill(self._begin, date, source, end)
        self._begin = len(self._stated) if end is None else end
        self._dates.clear()
        self._sources.clear()
        self._is_ended = False

    def _fill(self, begin: int, date: str, source: str, end: int | None = None) -> None:
        for number in range(begin, len(self._stated) if end is None else end):
            fact = self._stated[number]
            if (date and not fact.date) or (source and not fact.source):
                fact = fact._replace(date=fact.date or date, source=fact.source or source)
                self._stated[number] = fact

    def _stamp(self, text: str) -> tuple[str, str]:
        date = "" if self._has_dates else next((iso for _, _, iso in stamps(text)), "")
        return date, self._vocabulary.source_in(text)


def _without_replaced(
    facts: Sequence[Statement], rows: Sequence[tuple[tuple[str, ...], int]]
) -> Iterator[Statement]:
    """The facts without those whose value another line of the same row or heading calls former."""
    former: set[object] = set()
    number = 0
    paths = []
    for path, end in rows:
        for fact in facts[number:end]:
            paths.append(path)
            if fact.role == FORMER:
                former.add((path, *fact[:3]))
        number = end
    for path, fact in zip(paths, facts, strict=True):
        if fact.role != CURRENT or (path, *fact[:3]) not in former:
            yield fact


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a line; of one without end, its clauses."""
    if len(text) > _LONGEST and not _SENTENCE.search(text):
        if DENIED.search(text[:100]):
            return
        for clause in filter(str.strip, re.split(r"(?<=;) |\n|(?<=\|) ", text)):
            yield from textwrap.wrap(clause, _LONGEST)
        return
    start = 0
    for match in _SENTENCE.finditer(text):
        left = text[start : match.start()].lower()
        is_cut = re.search(r"[:;(]\s?[a-z]{1,5}\.$", left) or (  # "Orm Sonde: des. Ann Lee"
            text[match.end()].isdigit() and re.search(r"\b[a-z]{1,4}\.$", left)  # "pop. 300"
        )
        if is_cut or cues.ABBREVIATION.search(left):
            continue
        yield text[start : match.start()]
        start = match.end()
    if text[start:].strip():
        yield text[start:]
