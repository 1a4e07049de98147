"""Conformance checks that parts of other people pass as ours do; each returns every broken rule as a sentence.

Imports are lazy: the checks reach every floor, and importing this module must not.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from memorygym.facts import Attribute, Record
    from memorygym.rng import Stream
    from memorygym.worlds.dealing.prose import Prose
    from memorygym.worlds.dealing.schema import Trait, World

Told: TypeAlias = dict[str, object]
"""By attribute code, "category" or "edges": what a text tells."""

CATEGORIES, TRAITS, NAME_WORDS, TITLES, RATIOS = 10, (21, 23), 36, 4, 3
KINDS = {
    "int": (11, 14),
    "float": (3, 3),
    "enum": (2, 3),
    "series": (1, 2),
    "date": (1, 1),
    "text": (1, 2),
}
CHOICES, PART_WORDS = (9, 12), (14, 18)
PEERS, NOTICES, NOISE, CEILINGS = (2, 3), (2, 9), (4, 9), (1, 3)
NARROWEST, SPREAD = 300, 8
"""Least width of an int's range, least high/low of a float's: no guess comes near."""
SPLITTERS = frozenset("at and is has in above below by for".split())
"""Words that the questions put around labels."""
FIRST_DAY = date(2031, 1, 1).toordinal()
DOCUMENTS, NOTICES_EACH = 240, 16
"""Texts rendered and read back: every attribute in every core, wrap and notice, many times."""
_PLACE = re.compile(r"\{\w+\}")


def check_world(world: "World") -> list[str]:
    """Every rule that a domain breaks, as a sentence that names the domain and the word; [] if none.

    What it renders is read back only once the schema is sound.
    """
    rules = (
        _counts, _names, _labels, _sentences, _choices, _texts, _numbers, _forms, _relations, _limits,
    )  # fmt: skip
    broken = [found for rule in rules for found in rule(world)]
    broken = broken or list(_round_trip(world)) or list(_reading(world))
    return [f"{world.id}: {found}" for found in broken]


def _counts(world: "World") -> Iterator[str]:
    kinds = Counter(str(trait.kind) for trait in world.traits)
    wording = world.wording
    sizes = [
        ("categories", len(set(world.categories)), (CATEGORIES, CATEGORIES)),
        ("traits", len(world.traits), TRAITS),
        ("relations", len(world.relations), (2, 3)),
        ("first name words", len(world.first), (NAME_WORDS, 999)),
        ("second name words", len(world.second), (NAME_WORDS, 999)),
        ("distinct titles", len(set(wording.titles)), (TITLES, TITLES)),
        ("peers", len(set(wording.peers)), PEERS),
        ("notices", len(set(wording.notices)), NOTICES),
        ("noise sentences", len(set(wording.noise)), NOISE),
        ("ratios", len(set(world.ratios)), (RATIOS, 99)),
        ("ceilings", len(world.ceilings), CEILINGS),
        *[(f"traits of kind {kind}", kinds[kind], sizes) for kind, sizes in KINDS.items()],
    ]
    for what, size, (least, most) in sizes:
        if not least <= size <= most:
            yield f"{size} {what}, {least} to {most} are needed"
    if world.traits and world.traits[0].kind != "int":
        yield f"the first trait, '{world.traits[0].label}', is no int, by which notes are told apart"


def _names(world: "World") -> Iterator[str]:
    from memorygym.facts import MONTHS

    spoken = {word for _, text in _sayings(world) for word in _words(text)}
    spoken |= {word for text in (*_shared(), *world.categories) for word in _words(text)}
    for word, times in Counter((*world.first, *world.second)).items():
        if not re.fullmatch(r"[A-Z][a-z]+", word):
            yield f"the name word '{word}' is not one capitalised word"
        if times > 1:
            yield f"the name word '{word}' is listed twice"
        if word in MONTHS:
            yield f"the name word '{word}' is a month"
        if word.lower() in spoken:
            yield f"the name word '{word}' also occurs in a label, sentence, title or category"


def _labels(world: "World") -> Iterator[str]:
    labels = _all_labels(world)
    for label, _ in labels:
        words = label.split(" ")
        if not (
            1 <= len(words) <= 3
            and all(re.fullmatch(r"[a-z][a-z'-]*|[A-Z&]{2,}", w) for w in words)
        ):
            yield f"the label '{label}' is not one to three lower-case words"
    for trait in world.traits:
        numeric = trait.kind in ("int", "float")
        for label in (trait.label, trait.alias):
            for word in sorted(SPLITTERS & set(label.split())):
                if numeric or word not in ("by", "for"):
                    yield f"the label '{label}' holds '{word}', which the questions put around labels"
    for at, (label, _) in enumerate(labels):
        for other, _ in labels[:at] + labels[at + 1 :]:
            if _holds(other, label):
                yield f"the label '{label}' lies within the label '{other}'"


def _sentences(world: "World") -> Iterator[str]:
    for label, owner in _all_labels(world):
        for speaker, text in _sayings(world):
            if speaker is not owner and _holds(text, label):
                yield f"the label '{label}' occurs in '{text}'"
        for text in _shared():
            if _holds(text, label):
                yield f"the label '{label}' occurs in '{text}', which all domains say"


def _choices(world: "World") -> Iterator[str]:
    spoken = {word: text for _, text in _sayings(world) for word in _words(text)}
    spoken |= {word: text for text in _shared() for word in _words(text)}
    spoken |= {word: label for label, _ in _all_labels(world) for word in _words(label)}
    enums = [trait for trait in world.traits if trait.kind == "enum"]
    times = Counter(choice for trait in enums for choice in trait.choices)
    for trait in enums:
        if not CHOICES[0] <= len(trait.choices) <= CHOICES[1]:
            yield f"'{trait.label}' has {len(trait.choices)} choices, {CHOICES[0]} to {CHOICES[1]} are needed"
    for choice, listed in times.items():
        if not re.fullmatch(r"[a-z]+(?:[-_][a-z]+)*", choice):
            yield f"the choice '{choice}' is not one lower-case word"
        if listed > 1:
            yield f"the choice '{choice}' is listed twice"
        if choice in spoken:
            yield f"the choice '{choice}' also occurs in '{spoken[choice]}'"


def _texts(world: "World") -> Iterator[str]:
    texts = [trait for trait in world.traits if trait.kind == "text"]
    spoken = {word for label, _ in _all_labels(world) for word in _words(label)}
    for trait in texts:
        sizes = [len(part) for part in trait.parts]
        if len(sizes) != 3 or not all(PART_WORDS[0] <= size <= PART_WORDS[1] for size in sizes):
            yield f"'{trait.label}' has parts of {sizes} words, three of 14 to 18 are needed"
    for word, times in Counter(w for t in texts for part in t.parts for w in part).items():
        if not re.fullmatch(r"[a-z]{2,}", word):
            yield f"the text word '{word}' is not a lower-case word of two letters or more"
        if times > 1:
            yield f"the text word '{word}' is listed twice"
        if word in spoken:
            yield f"the text word '{word}' also occurs in a label"


def _numbers(world: "World") -> Iterator[str]:
    for trait in world.traits:
        low, high, label = trait.low, trait.high, trait.label
        match trait.kind:
            case "int" if high - low < NARROWEST or low < 1:
                yield f"'{label}' ranges from {low} to {high}, too narrow to be safe from guesses"
            case "float" if not 100 <= low <= high < 1000 or high < SPREAD * low:
                yield f"'{label}' ranges from {low} to {high}, not over three digits and a factor of {SPREAD}"
            case "series" if not 100 <= low < high < 1000 or trait.length != 4:
                yield f"'{label}' is not four numbers of three digits"
        if trait.kind == "float" and trait.decimals not in (1, 2):
            yield f"'{label}' has {trait.decimals} decimals, a float has 1 or 2"
        if re.search(r"[\d.]", trait.prefix + trait.suffix):
            yield f"the unit '{trait.prefix}{trait.suffix}' of '{label}' holds a digit or a dot"


def _forms(world: "World") -> Iterator[str]:
    """Which places a sentence has, and which characters it may not hold."""
    wording = world.wording
    said = [(trait.says, "{s} {v}", r"[,;.\"\d]") for trait in world.traits]
    said += [(text, "{s} {l} {now}", r"[,;.\"\d]") for text in wording.notices]
    said += [(text, "", r"[·\]\n]") for text in wording.titles]
    said += [(text, "", r"[,;.\"\d]") for text in (wording.employer, *wording.peers)]
    said += [(text, "", r"[,;.\"'\d]") for text in (r.phrase for r in world.relations)]
    said += [(text, "{s}" if "{s}" in text else "", r"[\[\]·\n]") for text in wording.noise]
    said += [(text, "", r"[,;.\"'\d{}]|\band\b") for text in world.categories]
    said += [(wording.joins.replace("'{c}'", "{c}"), "{s} {c}", r"[,;.\"'\d]")]
    for text, places, forbidden in said:
        if sorted(_PLACE.findall(text)) != sorted(places.split()):
            yield f"'{text}' must hold the places [{places}], each once"
        if found := re.search(forbidden, text):
            yield f"'{text}' holds '{found[0]}'"
    if "'{c}'" not in wording.joins:
        yield f"'{wording.joins}' must hold the group in single quotes, as '{{c}}'"
    for trait in world.traits:
        if not _holds(trait.says, trait.label):
            yield f"'{trait.says}' does not say its label '{trait.label}'"
    for text in wording.noise:
        for category in world.categories:
            if _holds(text, category):
                yield f"the group '{category}' occurs in '{text}'"


def _relations(world: "World") -> Iterator[str]:
    codes = "".join(relation.code for relation in world.relations)
    if not "xyz".startswith(codes):
        yield f"the relations have the codes '{codes}', not x, y and perhaps z"
    if {relation.symmetric for relation in world.relations} != {True, False}:
        yield "at least one relation must be symmetric and one not"


def _limits(world: "World") -> Iterator[str]:
    """Ratios and ceilings speak of numbers that exist, and every ceiling can be met."""
    traits = {trait.label: trait for trait in world.traits}
    pairs = [(label, ("int", "float")) for pair in world.ratios for label in pair]
    pairs += [
        (label, ("int",)) for ceiling in world.ceilings for label in (ceiling.label, ceiling.of)
    ]
    for label, kinds in pairs:
        if label not in traits or traits[label].kind not in kinds:
            yield f"a ratio or ceiling rests on '{label}', which is no {' or '.join(kinds)}"
    for ceiling in world.ceilings:
        label, of = traits.get(ceiling.label), traits.get(ceiling.of)
        if label and of and of.low * ceiling.percent // 100 < label.low:
            yield f"'{label.label}' cannot be at most {ceiling.percent}% of '{of.label}' at {of.low}"


def _round_trip(world: "World") -> Iterator[str]:
    """What the pinned message states is read back as it was."""
    from memorygym.tracks.worlds import reader
    from memorygym.worlds.dealing.brief import brief
    from memorygym.worlds.dealing.ground import guide_of

    guide = guide_of(world, 0, "")
    found = reader(brief(guide, world.wording.employer)).guide
    if found.attributes != guide.attributes:
        for mine, theirs in zip(guide.attributes, found.attributes, strict=False):
            if mine != theirs:
                yield f"the brief's line on '{mine.label}' is read as '{theirs.label}', or its form differs"
    if found != guide:
        yield "the brief is not read back as it was stated"


def _reading(world: "World") -> Iterator[str]:
    """Documents and notices, read back by the strong reader; a trait is named once."""
    from memorygym.rng import rng
    from memorygym.tracks.worlds import reader
    from memorygym.worlds.dealing.brief import brief
    from memorygym.worlds.dealing.ground import guide_of
    from memorygym.worlds.dealing.prose import Prose

    guide = guide_of(world, 0, "")
    strong = reader(brief(guide, world.wording.employer))
    prose = Prose(world, guide.attributes)
    stream = rng("check_world", world.id)
    misread: dict[str, str] = {}
    for text, told in (*_documents(world, prose, stream), *_notices(world, prose, stream)):
        (record,) = strong.read(text)
        for attribute in guide.attributes:
            if attribute.code in told and told[attribute.code] != _found(record, attribute.code):
                misread.setdefault(attribute.label, _line(text, attribute))
        if told.get("category", record.category) != record.category:
            misread.setdefault("group", world.wording.joins)
        if told.get("edges", record.edges) != tuple(sorted(record.edges)):
            misread.setdefault("relations", text)
    for label, text in misread.items():
        yield f"the strong reader misreads '{label}' in '{text}'"


def _documents(world: "World", prose: "Prose", stream: "Stream") -> Iterator[tuple[str, Told]]:
    """Documents, each with what it tells."""
    from memorygym.worlds.dealing.names import draw_names
    from memorygym.worlds.dealing.prose import Telling

    for _ in range(DOCUMENTS):
        name, *others = draw_names(world.first, world.second, 1 + len(world.relations), stream)
        values = tuple(trait.draw(stream) for trait in world.traits)
        ties = list(zip(world.relations, others, strict=True))
        edges = tuple((relation.phrase, other) for relation, other in ties)
        category = stream.choice(world.categories)
        text, _ = prose.document(Telling(name, category, values, edges), stream, FIRST_DAY)
        told: Told = {a.code: value for a, value in zip(prose.attributes, values, strict=True)}
        told["category"] = category
        told["edges"] = tuple((relation.code, other) for relation, other in ties)
        yield text, told


def _notices(world: "World", prose: "Prose", stream: "Stream") -> Iterator[tuple[str, Told]]:
    """Corrections of every attribute, absolute and relative, each with what it tells."""
    name = f"{world.first[0]} {world.second[0]}"
    for index, (attribute, trait) in enumerate(zip(prose.attributes, world.traits, strict=True)):
        for _ in range(NOTICES_EACH):
            value = trait.draw(stream)
            now = f"now {prose.quoted(index, value)}"
            yield prose.notice(name, index, now, stream, FIRST_DAY), {attribute.code: value}
            if isinstance(value, int):
                now = f"{attribute.number(value)} higher than stated before"
                yield prose.notice(name, index, now, stream, FIRST_DAY), {attribute.code: value}


def _found(record: "Record", code: str) -> object:
    return record.values.get(code, record.shifts.get(code))


def _line(text: str, attribute: "Attribute") -> str:
    """The sentence of a text that speaks of an attribute."""
    labels = (attribute.label, attribute.alias)
    said = text.split("\n", 1)[1].split(". ")
    return next(line for line in said if any(_holds(line, label) for label in labels))


def _all_labels(world: "World") -> list[tuple[str, "Trait"]]:
    return [(label, trait) for trait in world.traits for label in (trait.label, trait.alias)]


def _sayings(world: "World") -> list[tuple["Trait | None", str]]:
    """Everything that a domain says, with the trait that says it."""
    wording = world.wording
    said: list[tuple[Trait | None, str]] = [(trait, trait.says) for trait in world.traits]
    said += [(None, relation.phrase) for relation in world.relations]
    texts = (*wording.titles, *wording.peers, *wording.notices, *wording.noise, wording.joins)
    return said + [(None, text) for text in texts]


def _shared() -> tuple[str, ...]:
    """What the documents of all domains say."""
    from memorygym.worlds.dealing import prose

    cores = (core for style in prose.CORES for core in style)
    wraps = (prose.DATED, prose.EARLY, prose.HOPED, prose.PEERS, prose.OTHER, prose.HELD_OUT)
    return (*cores, *(text for wrap in wraps for text in wrap), prose.HINT)


def _words(text: str) -> list[str]:
    """Lower-case words as the strong reader splits them, without the places."""
    return re.findall(r"[\w&'-]+", _PLACE.sub(" ", text).lower())


def _holds(text: str, words: str) -> bool:
    """Whether the text holds the words, whole and in a row."""
    return f" {' '.join(_words(words))} " in f" {' '.join(_words(text))} "
