"""Prose: four styles of documents, distractor figures that carry a cue, notices and noise.

Every sentence names its subject and its attribute. A distractor stands in a clause of its own or
behind a cue (an earlier year, a preliminary count, guidance, other parties, another unit); each
style also has one family without a known cue, held out from the strong reader.
"""

from dataclasses import dataclass
from datetime import date

from memorygym.core.rng import Stream
from memorygym.tracks.worlds.facts import Attribute, Record, Value, spoken_date
from memorygym.tracks.worlds.generator.domain_schema import AttributeSpec, Domain

CORES: tuple[tuple[str, ...], ...] = (
    ("The entry for {l} at {s} reads {v}", "{s} enters {v} under {l}"),
    ("We have {v} for {l} at {s}", "{s} gave us {v} for {l}"),
    ("{s} posts {v} for {l}", "Posted by {s} for {l}: {v}"),
    ("{s} is filed under {l} with {v}", "{s} is on file with {v} for {l}"),
)
"""Two sentences a style, beside the domain's own."""

DATED = ("{c} after {d} in {y}", "In {y} it had been {d}; {lc}")
EARLY = ("{c}, where a preliminary count had {d}", "{c} and not the provisional {d}")
HOPED = ("Against guidance of {d}, {lc}", "{c}, with {d} forecast for next year")
PEERS = ("{c}, while {p} is at {d}", "{c} versus {d} at {p}")
OTHER = ("{c}, up {n}% on the year", "{c}, drawn from {n} cases")
"""Another unit: the first for whatever is no percentage, the second for percentages."""
HELD_OUT = (
    "{c}, which set aside {d} as a misprint",
    "Gossip had said {d}, but {lc}",
    "{c}, once the {d} of the first scan was struck out",
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
    """Renders one world's texts."""

    world: Domain
    attributes: tuple[Attribute, ...]

    def document(self, facts: Record, stream: Stream, when: int) -> tuple[str, list[str]]:
        """A document on all of an entity, and the attributes told in held-out families."""
        style = stream.below(4)
        said: list[str] = [self.world.wording.joins.format(s=facts.name, c=facts.category)]
        heldout: list[str] = []
        for index, attribute in enumerate(self.attributes):
            value = facts.values[attribute.code]
            text, out = self._sentence(index, facts.name, value, style, stream)
            said.append(text)
            if out:
                heldout.append(attribute.code)
        phrases = {relation.code: relation.phrase for relation in self.world.relations}
        said += [f"{facts.name} {phrases[code]} {other}" for code, other in facts.edges]
        stream.shuffle(said)
        head = f"[{self.world.wording.titles[style]} · {facts.name} · {day(when)}]"
        return f"{head}\n{'. '.join(said)}.", heldout

    def follow_up(self, name: str, index: int, value: Value, stream: Stream, when: int) -> str:
        """A later document: small talk, and one entry that is not what it was."""
        style = stream.below(4)
        core = self._core(self.world.attribute_specs[index], style, stream)
        said = [text.format(s=name) for text in stream.sample(self.world.wording.noise, 2)]
        told = _fill(core, name, self.attributes[index], self._shown(index, value, stream))
        said.insert(stream.below(3), f"{told}.")
        return f"[{self.world.wording.titles[style]} · {name} · {day(when)}]\n{' '.join(said)}"

    def notice(self, name: str, index: int, now: str, stream: Stream, when: int) -> str:
        """A correction; `now` is "now VALUE" or "VALUE higher than stated before"."""
        attribute = self.attributes[index]
        text = stream.choice(self.world.wording.notices)
        label = stream.choice((attribute.label, attribute.alias))
        said = text.format(s=name, l=label, now=now)
        return f"[Correction · {name} · {day(when)}]\n{said}."

    def quoted(self, index: int, value: Value) -> str:
        """A value as a notice states it."""
        attribute = self.attributes[index]
        return f'"{value}"' if attribute.kind == "text" else attribute.show(value)

    def _core(self, spec: AttributeSpec, style: int, stream: Stream) -> str:
        pick = stream.below(4)
        return spec.says if pick >= 2 else CORES[style][pick]

    def _shown(self, index: int, value: Value, stream: Stream) -> str:
        attribute = self.attributes[index]
        if attribute.kind == "date" and isinstance(value, str) and stream.below(2):
            return spoken_date(value)
        return self.quoted(index, value)

    def _sentence(
        self, index: int, name: str, value: Value, style: int, stream: Stream
    ) -> tuple[str, bool]:
        """What is told of a value, and whether in a held-out family."""
        attribute, spec = self.attributes[index], self.world.attribute_specs[index]
        core = self._core(spec, style, stream)
        shown = self._shown(index, value, stream)
        said = _fill(core, name, attribute, shown, alias=bool(stream.below(2)))
        if attribute.kind in ("text", "series") or stream.below(100) >= 45:
            return said, False
        wrap, heldout = self._wrap(attribute, style, stream)
        lower = said if core.startswith("{s}") else said[0].lower() + said[1:]
        false = false_value(spec, value, stream)
        text = wrap.format(
            c=said,
            lc=lower,
            d=self._shown(index, false, stream),
            y=2019 + stream.below(11),
            p=stream.choice(self.world.wording.peers),
            n=3 + stream.below(58),
        )
        return text, heldout

    def _wrap(self, attribute: Attribute, style: int, stream: Stream) -> tuple[str, bool]:
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
    """A distractor: unlike the value, and by more than 5 % where it is a number."""
    if isinstance(value, int):
        factor = 50 + stream.below(41) if stream.below(2) else 110 + stream.below(41)
        false = value * factor // 100
        if false > spec.high:  # a percentage beyond 100 would give itself away
            false = value * (50 + stream.below(41)) // 100
        return false if 100 * abs(false - value) > 5 * abs(value) else value + 1 + abs(value) // 10
    other = spec.draw(stream)
    while other == value:
        other = spec.draw(stream)
    return other
