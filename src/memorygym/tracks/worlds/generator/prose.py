"""Prose: documents in four styles, distractor figures marked by a cue, corrections and noise.

Every sentence names its subject and its attribute. A distractor follows the entry, in a clause of
its own or after a cue (an earlier year, a preliminary report, guidance, other parties, another
unit). Each style also has one phrasing without a known cue, for which the strong reader was not
written.
"""

from dataclasses import dataclass
from datetime import date

from memorygym.core.rng import Stream
from memorygym.core.statements import AMONG, CATEGORY, Statement, Value
from memorygym.tracks.worlds.facts import Attribute, Facts, Guide, spoken_date
from memorygym.tracks.worlds.generator.gold import Change
from memorygym.tracks.worlds.generator.template_schema import AttributeSpec, Template

CORES: tuple[tuple[str, ...], ...] = (
    ("The entry of {s} for {l} reads {v}", "The record of {s} has {v} under {l}"),
    ("For {s} we have {v} under {l}", "Our note on {s} gives {v} for {l}"),
    ("{s} is listed with {v} for {l}", "The list shows {s} with {v} for {l}"),
    ("The file on {s} gives {v} for {l}", "{s} is on file with {v} for {l}"),
)
"""By style: two sentences that may replace the template's own."""

DATED = ("{c}, after {d} in {y}", "{c}, compared with {d} in {y}")
EARLY = ("{c}, although a preliminary report gave {d}", "{c}; the provisional entry was {d}")
HOPED = ("{c}, against guidance of {d}", "{c}, with {d} forecast for next year")
PEERS = ("{c}, while {p} stands at {d}", "{c}, versus {d} for {p}")
OTHER = ("{c}, up {n}% on the year", "{c}, based on {n} cases")
"""Distractors in another unit: the second for percentages, the first for all other attributes."""
HELD_OUT = (
    "{c}; the first printing gave {d} in error",
    "{c}, whereas gossip had {d}",
    "{c}; the first scan showed {d} by mistake",
    "{c}, though a smudged copy seemed to say {d}",
)
HINT = "To end an event that asks nothing, reply without calling a tool."


def day(ordinal: int) -> str:
    """
    >>> day(date(2031, 3, 9).toordinal())
    '9 March 2031'
    """
    return spoken_date(date.fromordinal(ordinal).isoformat())


@dataclass(frozen=True, slots=True)
class Prose:
    """Renders the texts of one template."""

    template: Template
    guide: Guide

    def document(self, facts: Facts, stream: Stream, when: int) -> str:
        """A document with all facts of an entity."""
        style = stream.below(4)
        wording, name = self.template.wording, facts[0].subject
        sentences: list[str] = []
        for fact in facts:
            if fact.key == CATEGORY:
                sentences.append(wording.membership.format(s=name, c=fact.value))
            elif fact.role == AMONG:
                sentences.append(self.guide.sentence(fact).removesuffix("."))
            else:
                sentences.append(self._sentence(fact, style, stream))
        stream.shuffle(sentences)
        head = f"[{wording.titles[style]} · {name} · {day(when)}]"
        return f"{head}\n{'. '.join(sentences)}."

    def follow_up(self, news: Statement, stream: Stream, when: int) -> str:
        """A later document: two sentences of noise, and one that states a new value."""
        style = stream.below(4)
        core = self._core(news.key, style, stream)
        wording, name, attribute = (
            self.template.wording,
            news.subject,
            self.guide.attribute(news.key),
        )
        sentences = [text.format(s=name) for text in stream.sample(wording.noise, 2)]
        stated = _fill(core, name, attribute, self._display(attribute, news.value, stream))
        sentences.insert(stream.below(3), f"{stated}.")
        return f"[{wording.titles[style]} · {name} · {day(when)}]\n{' '.join(sentences)}"

    def notice(self, change: Change, stream: Stream, when: int) -> str:
        """A correction, which gives the new value or the difference."""
        name, attribute = change.new.subject, self.guide.attribute(change.new.key)
        old, new = change.old.value, change.new.value
        if change.relative and isinstance(old, int) and isinstance(new, int):
            amount = attribute.difference(abs(new - old))
            now = f"{amount} {'higher' if new > old else 'lower'} than stated before"
        else:
            now = f"now {attribute.quoted(new)}"
        template = stream.choice(self.template.wording.notices)
        label = stream.choice((attribute.label, attribute.alias))
        sentence = template.format(s=name, l=label, now=now)
        return f"[Correction · {name} · {day(when)}]\n{sentence}."

    def _core(self, code: str, style: int, stream: Stream) -> str:
        pick = stream.below(4)
        return self.template.spec(code).sentence if pick >= 2 else CORES[style][pick]

    def _display(self, attribute: Attribute, value: Value, stream: Stream) -> str:
        if attribute.kind == "date" and isinstance(value, str) and stream.below(2):
            return spoken_date(value)
        return attribute.quoted(value)

    def _sentence(self, fact: Statement, style: int, stream: Stream) -> str:
        """The sentence that states a value."""
        attribute, spec = self.guide.attribute(fact.key), self.template.spec(fact.key)
        core = self._core(fact.key, style, stream)
        shown = self._display(attribute, fact.value, stream)
        claim = _fill(core, fact.subject, attribute, shown, alias=bool(stream.below(2)))
        if attribute.kind in ("text", "series") or stream.below(100) >= 45:
            return claim
        wrap = self._wrap(attribute, style, stream)
        distractor = false_value(spec, fact.value, stream)
        return wrap.format(
            c=claim,
            d=self._display(attribute, distractor, stream),
            y=2019 + stream.below(11),
            p=stream.choice(self.template.wording.peers),
            n=3 + stream.below(58),
        )

    def _wrap(self, attribute: Attribute, style: int, stream: Stream) -> str:
        """A phrasing that adds a distractor to a sentence."""
        pick = stream.below(6)
        half = style // 2
        if pick == 0:
            return HELD_OUT[style]
        if pick == 1 or attribute.kind in ("enum", "date"):
            return EARLY[half]
        if pick == 2:
            return OTHER[attribute.suffix == "%"]
        return (DATED, HOPED, PEERS)[pick - 3][half]


def _fill(core: str, name: str, a: Attribute, shown: str, *, alias: bool = False) -> str:
    return core.format(s=name, l=a.alias if alias else a.label, v=shown)


def false_value(spec: AttributeSpec, value: Value, stream: Stream) -> Value:
    """A distractor: another value, which differs by more than 5 % if it is a number."""
    if isinstance(value, int):
        factor = 50 + stream.below(41) if stream.below(2) else 110 + stream.below(41)
        false = value * factor // 100
        if false > spec.high:  # A percentage above 100, for example, would be obviously false.
            false = value * (50 + stream.below(41)) // 100
        return false if 100 * abs(false - value) > 5 * abs(value) else value + 1 + abs(value) // 10
    other = spec.draw(stream)
    while other == value:
        other = spec.draw(stream)
    return other
