"""Searches all that a task shows, not only what the strong reader parses, for stray answers."""

import re
from collections.abc import Iterable, Iterator, Sequence

from memorygym.core.types import Task
from memorygym.tracks._qa.leakage import contains_name, normalised
from memorygym.tracks.worlds.facts import Guide, spoken_date
from memorygym.tracks.worlds.generator.gold import WeightedQuestion, WorldsGold
from memorygym.tracks.worlds.questions import KINDS

_HEAD = re.compile(
    r"^=== [A-Z]+ · event \d+ of \d+(?: · (?:session|batch) \d+ of \d+)*"
    r" · \d+ [A-Z][a-z]+ \d{4} ===\n"
)
"""The heading of an event, whose numbers are no entries."""
_DOCUMENT = re.compile(r"^\[([^·\]\n]+) · (?:([^·\]\n]+) · )?[^·\]\n]+\]\n(.*)$", re.S)
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_APART = " x "
"""Stands between two texts, so that no value is read across them."""


class StrayTexts:
    """What a task shows beside the statements of facts: memos, titles, hints, other sentences."""

    def __init__(self, task: Task, gold: WorldsGold, guide: Guide) -> None:
        self._task, self._gold, self._guide = task, gold, guide
        self._name = _any_of(gold.names)
        self._label = _any_of(label for a in guide.attributes for label in (a.label, a.alias))
        seen: dict[str, None] = {}
        self._before: list[int] = []
        for event in task.events:
            self._before.append(len(seen))
            if not event.text.startswith("=== QUESTION"):
                seen.update(dict.fromkeys(map(normalised, self._stray(event.text))))
        self._texts = list(seen)

    def leaks(self, question: WeightedQuestion) -> Iterator[str]:
        """Each place that states the answer: a stray text, the question, an earlier question."""
        forms = values_of(question)
        stray = _APART.join(self._texts[: self._before[question.event]])
        if any(contains_name(stray, form) for form in forms):
            yield "the texts beside the facts"
        asked = self._task.events[question.event].text.partition("\n")[2]
        if any(contains_name(normalised(asked), form) for form in forms or [question.truth]):
            yield "the question itself"
        yield from self._told_by_questions(question, forms)

    def _stray(self, text: str) -> Iterator[str]:
        """The parts of an event that no reader takes for a statement of its entity's facts."""
        for block in _HEAD.sub("", text).replace("\n[", "\n\n[").split("\n\n"):
            document = _DOCUMENT.match(block.strip("\n"))
            if document is None:
                yield block
                continue
            title, name, body = document.groups()
            yield title
            for sentence in body.removesuffix(".").split(". "):
                if not name or not self._is_statement(sentence, name):
                    yield sentence

    def _is_statement(self, sentence: str, name: str) -> bool:
        """Whether a sentence states an attribute, and names no other entity than its document."""
        others = self._name.search(sentence.replace(name, ""))
        return others is None and self._label.search(sentence) is not None

    def _told_by_questions(self, question: WeightedQuestion, forms: Sequence[str]) -> Iterator[str]:
        """An earlier question that names the entity and the attribute and gives the value."""
        if question.kind not in ("retrieval", "update"):
            return
        (need,) = question.needs
        attribute, name = self._guide.attribute(need.key), need.subject
        for other in self._gold.questions:
            if other.event < question.event and name in other.text:
                text = normalised(other.text)
                labelled = attribute.label in text or attribute.alias in text
                if labelled and any(contains_name(text, form) for form in forms):
                    yield f"the question of event {other.event}"


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Finds any of these texts as whole words."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, texts))})(?![\w-])")


def values_of(question: WeightedQuestion) -> list[str]:
    """The notations of the value in a question's truth; none if it consists of names.

    >>> values_of(WeightedQuestion(3, "reasoning", "synthesis", "Which?", "Acme Quay ($38.7M)"))
    ['$38.7M', '38.7']
    >>> values_of(WeightedQuestion(3, "retrieval", "retrieval", "When?", "2014-03-09"))
    ['2014-03-09', '9 March 2014']
    """
    if question.kind == "abstention" or not KINDS[question.question_type].has_value:
        return []
    value = question.truth.partition(" (")[2].removesuffix(")") or question.truth
    if _ISO.fullmatch(value):
        return [value, spoken_date(value)]
    number = re.fullmatch(r"\D*?(\d[\d,]*(?:\.\d+)?)\D*", value)
    return list(dict.fromkeys([value, number[1]] if number else [value]))
