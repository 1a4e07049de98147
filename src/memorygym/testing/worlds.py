"""What a domain of worlds must keep to: its schema, its words, and what is read back of it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeAlias

from memorygym.core.rng import Stream, named_rng
from memorygym.core.tokens import MONTHS
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Attribute, Record
from memorygym.tracks.worlds.generator import prose
from memorygym.tracks.worlds.generator.domain_schema import AttributeSpec, Domain
from memorygym.tracks.worlds.generator.fact_timeline import draw_names, guide_of
from memorygym.tracks.worlds.generator.instructions import instructions
from memorygym.tracks.worlds.generator.prose import Prose

Told: TypeAlias = dict[str, object]
"""By attribute code, "category" or "edges": what a text tells."""
KINDS = {"int": (11, 14), "float": (3, 3), "enum": (2, 3), "series": (1, 2)}
KINDS |= {"date": (1, 1), "text": (1, 2)}
NARROWEST, SPREAD = 300, 8
"""Least width of an int's range, least high/low of a float's: no guess comes near."""
SPLITTERS = frozenset("at and is has above below by for".split())
"""Words that the questions put around labels."""
DOCUMENTS, NOTICES, TODAY = 400, 16, 741_500
"""Documents, and notices for each trait, that are read back: every core and wrap, many times."""
WRAPS = (prose.DATED, prose.EARLY, prose.HOPED, prose.PEERS, prose.OTHER, prose.HELD_OUT)
SHARED = (*chain(*prose.CORES, *WRAPS), prose.HINT)
"""What the documents of all domains say."""
_PLACE = re.compile(r"\{\w+\}")


def check_world(world: Domain) -> list[str]:
    """Every rule that a domain breaks, as a sentence that names the domain and the word.

    What it renders is read back only once the schema is sound.
    """
    rules = (_counts, _names, _labels, _sentences, _choices, _texts, _numbers, _forms, _limits)
    broken = [found for rule in rules for found in rule(world)]
    broken = broken or list(_reading(world))
    return [f"{world.id}: {found}" for found in broken]


def _counts(world: Domain) -> Iterator[str]:
    kinds = Counter(str(spec.kind) for spec in world.attribute_specs)
    wording = world.wording
    sizes = [
        ("categories", len(set(world.categories)), (10, 10)),
        ("traits", len(world.attribute_specs), (21, 23)),
        ("relations", len(world.relations), (2, 3)),
        ("first name words", len(world.first), (36, 999)),
        ("second name words", len(world.second), (36, 999)),
        ("distinct titles", len(set(wording.titles)), (4, 4)),
        ("peers", len(set(wording.peers)), (2, 3)),
        ("notices", len(set(wording.notices)), (2, 9)),
        ("noise sentences", len(set(wording.noise)), (4, 9)),
        ("ratios", len(set(world.ratios)), (3, 99)),
        ("ceilings", len(world.constraints), (1, 3)),
        *[(f"traits of kind {kind}", kinds[kind], size) for kind, size in KINDS.items()],
    ]
    for what, size, (least, most) in sizes:
        if not least <= size <= most:
            yield f"{size} {what}, {least} to {most} are needed"
    if world.attribute_specs[0].kind != "int":
        yield f"the first trait, '{world.attribute_specs[0].label}', is no int"
    codes = "".join(relation.code for relation in world.relations)
    if not "xyz".startswith(codes):
        yield f"the relations have the codes '{codes}', not x, y and perhaps z"
    if {relation.symmetric for relation in world.relations} != {True, False}:
        yield "of the relations, at least one must be symmetric and at least one not"


def _words_of(
    what: str, words: Iterable[str], form: tuple[str, str], spoken: Mapping[str, str]
) -> Iterator[str]:
    """Each word has the form, stands once, and is none of those that are said elsewhere."""
    for word, times in Counter(words).items():
        if not re.fullmatch(form[0], word):
            yield f"the {what} '{word}' is not {form[1]}"
        if times > 1:
            yield f"the {what} '{word}' is listed twice"
        if word.lower() in spoken:
            yield f"the {what} '{word}' also occurs in '{spoken[word.lower()]}'"


def _spoken(world: Domain, *others: str) -> dict[str, str]:
    """By word of these texts and of all that its documents say: a text that holds it."""
    texts = (*others, *(text for _, text in _sayings(world)))
    return {word: text for text in texts for word in _words(text)}


def _names(world: Domain) -> Iterator[str]:
    names = (*world.first, *world.second)
    spoken = _spoken(world, *world.categories)
    yield from _words_of("name word", names, (r"[A-Z][a-z]+", "one capitalised word"), spoken)
    for word in MONTHS:
        if word in names:
            yield f"the name word '{word}' is a month"


def _labels(world: Domain) -> Iterator[str]:
    labels = _all_labels(world)
    for at, (label, spec) in enumerate(labels):
        if not re.fullmatch(r"(?: (?:[a-z][a-z'-]*|[A-Z&]{2,})){1,3}", f" {label}"):
            yield f"the label '{label}' is not one to three lower-case words"
        for word in sorted(SPLITTERS & set(label.split())):
            if spec.kind in ("int", "float") or word not in ("by", "for"):
                yield f"the label '{label}' holds '{word}', as questions do around labels"
        for other, _ in labels[:at] + labels[at + 1 :]:
            if _holds(other, label):
                yield f"the label '{label}' lies within the label '{other}'"


def _sentences(world: Domain) -> Iterator[str]:
    for label, owner in _all_labels(world):
        for speaker, text in _sayings(world):
            if speaker is not owner and _holds(text, label):
                every = ", which all domains say" * (text in SHARED)
                yield f"the label '{label}' occurs in '{text}'{every}"


def _choices(world: Domain) -> Iterator[str]:
    enums = [spec for spec in world.attribute_specs if spec.kind == "enum"]
    for spec in enums:
        if not 9 <= len(spec.choices) <= 12:
            yield f"'{spec.label}' has {len(spec.choices)} choices, 9 to 12 are needed"
    choices = (choice for spec in enums for choice in spec.choices)
    form = (r"[a-z]+(?:[-_][a-z]+)*", "one lower-case word")
    spoken = _spoken(world, *(label for label, _ in _all_labels(world)))
    yield from _words_of("choice", choices, form, spoken)


def _texts(world: Domain) -> Iterator[str]:
    texts = [spec for spec in world.attribute_specs if spec.kind == "text"]
    for spec in texts:
        sizes = [len(part) for part in spec.parts]
        if len(sizes) != 3 or not 14 <= min(sizes) <= max(sizes) <= 18:
            yield f"'{spec.label}' has parts of {sizes} words, three of 14 to 18 are needed"
    words = (word for spec in texts for part in spec.parts for word in part)
    form = (r"[a-z]{2,}", "one of two or more lower-case letters")
    spoken = {word: label for label, _ in _all_labels(world) for word in _words(label)}
    yield from _words_of("text word", words, form, spoken)


def _numbers(world: Domain) -> Iterator[str]:
    for spec in world.attribute_specs:
        low, high = spec.low, spec.high
        span = f"'{spec.label}' ranges from {low} to {high}"
        match spec.kind:
            case "int" if low < 1 or high - low < NARROWEST:
                yield f"{span}, less than {NARROWEST} wide"
            case "float" if not 100 <= low <= high < 1000 or high < SPREAD * low:
                yield f"{span}, not over three digits by a factor of {SPREAD}"
            case "series" if not 100 <= low < high < 1000:
                yield f"{span}, not within three digits"
        if spec.kind == "float" and spec.decimals not in (1, 2):
            yield f"'{spec.label}' has {spec.decimals} decimals, a float has 1 or 2"
        if spec.kind == "series" and spec.length != 6:
            yield f"'{spec.label}' has {spec.length} periods, six are needed"
        if re.search(r"[\d.]", spec.prefix + spec.suffix):
            yield f"the unit '{spec.prefix}{spec.suffix}' of '{spec.label}' holds a digit or dot"


def _forms(world: Domain) -> Iterator[str]:
    """Which places a sentence has, and which characters it may not hold."""
    wording = world.wording
    said = [(spec.sentence, "{s} {v}", r"[,;.\"\d]") for spec in world.attribute_specs]
    said += [(text, "{s} {l} {now}", r"[,;.\"\d]") for text in wording.notices]
    said += [(text, "", r"[·\]\n]") for text in wording.titles]
    said += [(text, "", r"[,;.\"\d]") for text in (wording.employer, *wording.peers)]
    said += [(text, "", r"[,;.\"'\d]") for text in (r.phrase for r in world.relations)]
    said += [(text, "{s}" if "{s}" in text else "", r"[\[\]·\n]") for text in wording.noise]
    said += [(text, "", r"[,;.\"'\d{}]|\band\b") for text in world.categories]
    said += [(wording.membership.replace("'{c}'", "{c}"), "{s} {c}", r"[,;.\"'\d]")]
    for text, places, forbidden in said:
        if sorted(_PLACE.findall(text)) != sorted(places.split()):
            yield f"'{text}' must hold the places [{places}], each once"
        if found := re.search(forbidden, text):
            yield f"'{text}' holds '{found[0]}'"
    if "'{c}'" not in wording.membership:
        yield f"'{wording.membership}' must hold the group in single quotes, as '{{c}}'"
    for spec in world.attribute_specs:
        if not _holds(spec.sentence, spec.label):
            yield f"'{spec.sentence}' does not say its label '{spec.label}'"
    for text in wording.noise:
        for category in world.categories:
            if _holds(text, category):
                yield f"the group '{category}' occurs in '{text}'"


def _limits(world: Domain) -> Iterator[str]:
    """Ratios and ceilings speak of numbers that exist, and every ceiling can be met."""
    attribute_specs = {spec.label: spec for spec in world.attribute_specs}
    numbers = {spec.label for spec in world.attribute_specs if spec.kind in ("int", "float")}
    for label in (label for pair in world.ratios for label in pair):
        if label not in numbers:
            yield f"a ratio rests on '{label}', which is no int or float"
    for ceiling in world.constraints:
        part, whole = attribute_specs.get(ceiling.label), attribute_specs.get(ceiling.of)
        if part is None or whole is None or {part.kind, whole.kind} != {"int"}:
            yield f"the ceiling of '{ceiling.label}' by '{ceiling.of}' does not rest on two ints"
        elif whole.low * ceiling.percent // 100 < part.low:
            yield f"'{part.label}' cannot stay under {ceiling.percent}% of '{whole.label}'"


def _reading(world: Domain) -> Iterator[str]:
    """The brief, documents and notices, read back by the strong reader; a trait is named once."""
    guide = guide_of(world, 0, "")
    strong = strong_reader(instructions(guide, world.wording.employer))
    if strong.guide != guide:
        odd = [a.label for a in guide.attributes if a not in strong.guide.attributes]
        yield f"the brief is not read back as it was stated, not even the attributes {odd}"
        return
    teller, stream = Prose(world, guide.attributes), named_rng("check_world", world.id)
    misread: dict[str, str] = {}
    for text, told in (*_documents(world, teller, stream), *_notices(world, teller, stream)):
        (record,) = strong.read(text)
        read: Told = {**record.shifts, **record.values}
        for attribute in guide.attributes:
            if told.get(attribute.code) != read.get(attribute.code):
                misread.setdefault(attribute.label, _line(text, attribute))
        if told.get("category", "") != record.category:
            misread.setdefault("group", world.wording.membership)
        if told.get("edges", ()) != tuple(sorted(record.edges)):
            misread.setdefault("relations", text)
    for label, text in misread.items():
        yield f"the strong reader misreads '{label}' in '{text}'"


def _documents(world: Domain, teller: Prose, stream: Stream) -> Iterator[tuple[str, Told]]:
    """Documents, each with what it tells."""
    for _ in range(DOCUMENTS):
        name, *others = draw_names(world.first, world.second, 1 + len(world.relations), stream)
        drawn = [spec.draw(stream) for spec in world.attribute_specs]
        values = {a.code: value for a, value in zip(teller.attributes, drawn, strict=True)}
        ties = zip(world.relations, others, strict=True)
        edges = tuple((relation.code, other) for relation, other in ties)
        category = stream.choice(world.categories)
        text, _ = teller.document(Record(name, category, values, edges=edges), stream, TODAY)
        yield text, {**values, "category": category, "edges": edges}


def _notices(world: Domain, teller: Prose, stream: Stream) -> Iterator[tuple[str, Told]]:
    """Corrections of every attribute, absolute and relative, each with what it tells."""
    name = f"{world.first[0]} {world.second[0]}"
    for index, (attribute, spec) in enumerate(
        zip(teller.attributes, world.attribute_specs, strict=True)
    ):
        for _ in range(NOTICES):
            value = spec.draw(stream)
            now = f"now {teller.quoted(index, value)}"
            yield teller.notice(name, index, now, stream, TODAY), {attribute.code: value}
            if isinstance(value, int):
                now = f"{attribute.number(value)} higher than stated before"
                yield teller.notice(name, index, now, stream, TODAY), {attribute.code: value}


def _line(text: str, attribute: Attribute) -> str:
    """The sentence of a text that speaks of an attribute."""
    labels = (attribute.label, attribute.alias)
    said = text.split("\n", 1)[1].split(". ")
    return next(line for line in said if any(_holds(line, label) for label in labels))


def _all_labels(world: Domain) -> list[tuple[str, AttributeSpec]]:
    return [(label, spec) for spec in world.attribute_specs for label in (spec.label, spec.alias)]


def _sayings(world: Domain) -> list[tuple[AttributeSpec | None, str]]:
    """Everything that its documents say, with the trait that says it."""
    wording = world.wording
    said: list[tuple[AttributeSpec | None, str]] = [
        (spec, spec.sentence) for spec in world.attribute_specs
    ]
    said += [(None, relation.phrase) for relation in world.relations]
    texts = (
        *wording.titles,
        *wording.peers,
        *wording.notices,
        *wording.noise,
        wording.membership,
        *SHARED,
    )
    return said + [(None, text) for text in texts]


def _words(text: str) -> list[str]:
    """Lower-case words as the strong reader splits them, without the places."""
    return re.findall(r"[\w&'-]+", _PLACE.sub(" ", text).lower())


def _holds(text: str, words: str) -> bool:
    """Whether the text holds the words, whole and in a row."""
    return f" {' '.join(_words(words))} " in f" {' '.join(_words(text))} "
