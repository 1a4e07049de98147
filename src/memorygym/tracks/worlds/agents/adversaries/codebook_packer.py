"""codebook_packer: pages of records with words replaced by their places in public lists."""

from functools import lru_cache

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.radix import public_world
from memorygym.tracks.worlds.agents.recoder import Packer
from memorygym.tracks.worlds.dealing.notes import pack_value, record_of
from memorygym.tracks.worlds.dealing.schema import World
from memorygym.tracks.worlds.facts import Guide, Record, Value

IMITATES = "an agent that knows the public word lists and stores figures instead of words"
BOUND = Bound(55)
# Words make up a quarter of a record, and figures in their place save half of it.


@lru_cache(maxsize=16)
def _lists(world: World) -> list[tuple[str, tuple[str, ...]]]:
    """The lists whose places make up the run of digits, by the attribute of each."""
    lists = [("name", world.first), ("name", world.second), ("category", world.categories)]
    for attribute, trait in zip(world.attributes(), world.traits, strict=True):
        lists += [(attribute.code, part) for part in trait.parts]
        lists += [(attribute.code, trait.choices)] if trait.choices else []
    return lists


def _width(words: tuple[str, ...]) -> int:
    return len(str(len(words) - 1))


def shrink(guide: Guide, record: Record) -> str:
    """A run of digits for all words and dates, then the figures, then relations as digits."""
    world = public_world(guide.noun)
    if len(record.name.split()) != 2:
        return record_of(guide, record)
    coded = ("text", "enum", "date")
    words = [*record.name.split(), record.category]
    for a in guide.attributes:
        words += str(record.values[a.code]).split() if a.kind in ("text", "enum") else []
    run = "".join(
        f"{places.index(word):0{_width(places)}d}"
        for (_, places), word in zip(_lists(world), words, strict=True)
    )
    dates = [pack_value(a, record.values[a.code]) for a in guide.attributes if a.kind == "date"]
    rest = [pack_value(a, record.values[a.code]) for a in guide.attributes if a.kind not in coded]
    edges = [code + _name_digits(world, other) for code, other in record.edges]
    return " ".join([run + "".join(dates), *rest, *edges])


def _name_digits(world: World, name: str) -> str:
    first, second = name.split()
    at = world.first.index(first), world.second.index(second)
    return f"{at[0]:0{_width(world.first)}d}{at[1]:0{_width(world.second)}d}"


def expand(guide: Guide, text: str) -> str:
    """The record in the notation of notes."""
    run, *rest = text.split(" ")
    if not run.isdigit():
        return text
    world = public_world(guide.noun)
    known: dict[str, list[str]] = {}
    for key, places in _lists(world):
        known.setdefault(key, []).append(places[int(run[: _width(places)])])
        run = run[_width(places) :]
    record = Record(" ".join(known["name"]), known["category"][0])
    parts: list[str] = [record.name, guide.category_code(record.category)]
    for a in guide.attributes:
        if a.kind == "date":
            parts.append(run[:6])
            run = run[6:]
        elif a.code in known:
            value: Value = " ".join(known[a.code])
            parts.append(pack_value(a, value))
        else:
            parts += rest[: a.length]
            rest = rest[a.length :]
    size = _width(world.first)
    for edge in rest:
        first, second = world.first[int(edge[1 : size + 1])], world.second[int(edge[size + 1 :])]
        parts += [edge[0], first, second]
    return " ".join(parts)


def make() -> Packer:
    """The agent."""
    return Packer(shrink, expand)
