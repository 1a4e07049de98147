"""Prose: documents in four styles, distractor figures marked by a cue, corrections and noise.

Every sentence names its subject and its attribute. A distractor follows the entry, in a clause of
its own or after a cue (an earlier year, a preliminary report, guidance, other parties, another
unit). Each style also has one phrasing without a known cue, for which the strong reader was not
written.
"""

from dataclasses import dataclass
from datetime import date

from memorygym.core.rng import Stream
from memorygym.tracks.worlds.facts import Attribute, Record, Value, spoken_date
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
    attributes: tuple[Attribute, ...]

    def document(self, facts: Record, stream: Stream, when: int) -> tuple[str, list[str]]:
        """A document with all facts of an entity, and the attributes in held-out phrasings."""
        style = stream.below(4)
        wording = self.template.wording
        sentences: list[str] = [wording.membership.format(s=facts.name, c=facts.category)]
        heldout: list[str] = []
        for index, attribute in enumerate(self.attributes):
            value = facts.values[attribute.code]
            text, is_heldout = self._sentence(index, facts.name, value, style, stream)
            sentences.append(text)
            if is_heldout:
                heldout.append(attribute.code)
        phrases = {relation.code: relation.phrase for relation in self.template.relations}
        sentences += [f"{facts.name} {phrases[code]} {other}" for code, other in facts.edges]
        stream.shuffle(sentences)
        head = f"[{wording.titles[style]} · {facts.name} · {day(when)}]"
        return f"{head}\n{'. '.join(sentences)}.", heldout

    def follow_up(self, name: str, index: int, value: Value, stream: Stream, when: int) -> str:
        """A later document: two sentences of noise, and one that states a new value."""
        style = stream.below(4)
        core = self._core(self.template.attribute_specs[index], style, stream)
        wording = self.template.wording
        sentences = [text.format(s=name) for text in stream.sample(wording.noise, 2)]
        news = _fill(core, name, self.attributes[index], self._display(index, value, stream))
        sentences.insert(stream.below(3), f"{news}.")
        return f"[{wording.titles[style]} · {name} · {day(when)}]\n{' '.join(sentences)}"

    def notice(self, name: str, index: int, now: str, stream: Stream, when: int) -> str:
        """A correction; `now` is "now VALUE" or "DIFFERENCE higher than stated before"."""
        attribute = self.attributes[index]
        template = stream.choice(self.template.wording.notices)
        label = stream.choice((attribute.label, attribute.alias))
        sentence = template.format(s=name, l=label, now=now)
        return f"[Correction · {name} · {day(when)}]\n{sentence}."

    def quoted(self, index: int, value: Value) -> str:
        """A value as a correction states it."""
        attribute = self.attributes[index]
        return f'"{value}"' if attribute.kind == "text" else attribute.show(value)

    def _core(self, spec: AttributeSpec, style: int, stream: Stream) -> str:
        pick = stream.below(4)
        return spec.sentence if pick >= 2 else CORES[style][pick]

    def _display(self, index: int, value: Value, stream: Stream) -> str:
        attribute = self.attributes[index]
        if attribute.kind == "date" and isinstance(value, str) and stream.below(2):
            return spoken_date(value)
        return self.quoted(index, value)

    def _sentence(
        self, index: int, name: str, value: Value, style: int, stream: Stream
    ) -> tuple[str, bool]:
        """The sentence that states a value, and whether its phrasing is held out."""
        attribute, spec = self.attributes[index], self.template.attribute_specs[index]
        core = self._core(spec, style, stream)
        shown = self._display(index, value, stream)
        claim = _fill(core, name, attribute, shown, alias=bool(stream.below(2)))
        if attribute.kind in ("text", "series") or stream.below(100) >= 45:
            return claim, False
        wrap, heldout = self._wrap(attribute, style, stream)
        distractor = false_value(spec, value, stream)
        text = wrap.format(
            c=claim,
            d=self._display(index, distractor, stream),
            y=2019 + stream.below(11),
            p=stream.choice(self.template.wording.peers),
            n=3 + stream.below(58),
        )
        return text, heldout

    def _wrap(self, attribute: Attribute, style: int, stream: Stream) -> tuple[str, bool]:
        """A phrasing that adds a distractor to a sentence, and whether it is held out."""
        pick = stream.below(6)
        half = style // 2
        if pick == 0:
            return HELD_OUT[style], True
        if pick == 1 or attribute.kind in ("enum", "date"):
            return EARLY[half], False
        if pick == 2:
            return OTHER[attribute.suffix == "%"], False
        return (DATED, HOPED, PEERS)[pick - 3][half], False


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
