"""The rules for a template of the track worlds: its schema, its words, its texts read back."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from memorygym.core.statements import AMONG, CATEGORY, HELD, StatementIndex
from memorygym.core.tokens import MONTHS
from memorygym.core.types import Task
from memorygym.tracks._qa.stream import QUESTION_KIND
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Attribute
from memorygym.tracks.worlds.generator import prose
from memorygym.tracks.worlds.generator.generator import Generator
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.generator.template_schema import AttributeSpec, Template
from memorygym.tracks.worlds.generator.tiers import TIERS

KINDS = {"int": (11, 14), "float": (3, 3), "enum": (2, 3), "series": (1, 2)}
KINDS |= {"date": (1, 1), "text": (1, 2)}
NARROWEST, SPREAD = 300, 8
"""Least width of an int's range, least high/low of a float's: so wide that guesses fail."""
NAME_WORD, CHOICE, TEXT_WORD = r"[A-Z][a-z]+", r"[a-z]+(?:[-_][a-z]+)*", r"[a-z]{2,}"
SPLITTERS = frozenset("at and is has above below by for".split())
"""Words that questions put around labels."""
TASKS = 4
"""Tasks of the tier hard that are read back."""
WRAPS = (prose.DATED, prose.EARLY, prose.HOPED, prose.PEERS, prose.OTHER, prose.HELD_OUT)
SHARED = (*chain(*prose.CORES, *WRAPS), prose.HINT)
"""Sentences that the documents of all templates share."""
_PLACE = re.compile(r"\{\w+\}")


def check_template(template: Template) -> list[str]:
    """Every rule that a template breaks; each sentence names the template and the word. [] if none.

    The texts are rendered and read back only if the schema keeps its rules.
    """
    rules = (_counts, _word_lists, _labels, _values, _forms, _limits)
    broken = [sentence for rule in rules for sentence in rule(template)]
    broken = broken or list(_reading(template))
    return [f"{template.id}: {sentence}" for sentence in broken]


def _counts(template: Template) -> Iterator[str]:
    kinds = Counter(str(spec.kind) for spec in template.attribute_specs)
    wording = template.wording
    sizes = [
        ("categories", len(set(template.categories)), (10, 10)),
        ("attributes", len(template.attribute_specs), (21, 23)),
        ("relations", len(template.relations), (2, 3)),
        ("first name words", len(template.first), (36, 999)),
        ("second name words", len(template.second), (36, 999)),
        ("distinct titles", len(set(wording.titles)), (4, 4)),
        ("peers", len(set(wording.peers)), (2, 3)),
        ("notices", len(set(wording.notices)), (2, 9)),
        ("noise sentences", len(set(wording.noise)), (4, 9)),
        ("ratios", len(set(template.ratios)), (3, 99)),
        ("constraints", len(template.constraints), (1, 3)),
        *[(f"attributes of kind {kind}", kinds[kind], size) for kind, size in KINDS.items()],
    ]
    for label, size, (least, most) in sizes:
        if not least <= size <= most:
            bounds = f"{least}" if least == most else f"{least} to {most}"
            yield f"it has {size} {label}: give {bounds}"
    first = template.attribute_specs[0]
    if first.kind != "int":
        yield f"the first attribute, '{first.label}', is no int: begin with one"
    codes = "".join(relation.code for relation in template.relations)
    if not "xyz".startswith(codes):
        yield f"the relations have the codes '{codes}': give x, y and, for a third, z"
    if {relation.symmetric for relation in template.relations} != {True, False}:
        yield "its relations are all symmetric or all directed: give at least one of each"


def _word_lists(template: Template) -> Iterator[str]:
    """Each word of a list has its form, is listed once, and occurs in no other text."""
    names, labels = (*template.first, *template.second), [label for label, _ in _labelled(template)]
    sentences = [text for _, text in _sentences_of(template)]
    choices = [choice for spec in template.attribute_specs for choice in spec.choices]
    texts = [word for spec in template.attribute_specs for part in spec.parts for word in part]
    for kind, words, form, meaning, others in (
        ("name word", names, NAME_WORD, "one capitalised word", [*template.categories, *sentences]),
        ("choice", choices, CHOICE, "one lower-case word", [*labels, *sentences]),
        ("text word", texts, TEXT_WORD, "one of two or more lower-case letters", labels),
    ):
        spoken = {word: text for text in others for word in _words(text)}
        for word, times in Counter(words).items():
            if not re.fullmatch(form, word):
                yield f"the {kind} '{word}' is not {meaning}: replace it"
            if times > 1:
                yield f"the {kind} '{word}' is listed twice: remove one"
            if word.lower() in spoken:
                yield f"the {kind} '{word}' also occurs in '{spoken[word.lower()]}': replace it"
    for word in MONTHS:
        if word in names:
            yield f"the name word '{word}' is a month: replace it"


def _labels(template: Template) -> Iterator[str]:
    labels = _labelled(template)
    for index, (label, spec) in enumerate(labels):
        if not re.fullmatch(r"(?: (?:[a-z][a-z'-]*|[A-Z&]{2,})){1,3}", f" {label}"):
            yield f"the label '{label}' is not one to three lower-case words: reword it"
        for word in sorted(SPLITTERS & set(label.split())):
            if spec.kind in ("int", "float") or word not in ("by", "for"):
                yield f"the label '{label}' holds '{word}', as questions do there: reword it"
        for other, _ in labels[:index] + labels[index + 1 :]:
            if _holds(other, label):
                yield f"the label '{label}' is part of the label '{other}': reword one of them"
        for speaker, text in _sentences_of(template):
            if speaker is not spec and _holds(text, label):
                every = ", a sentence of all templates" * (text in SHARED)
                yield f"the label '{label}' occurs in '{text}'{every}: reword it"


def _values(template: Template) -> Iterator[str]:
    """Numbers, choices and texts are so varied that guesses fail."""
    for spec in template.attribute_specs:
        low, high = spec.low, spec.high
        span = f"'{spec.label}' ranges from {low} to {high}"
        match spec.kind:
            case "int" if low < 1 or high - low < NARROWEST:
                yield f"{span}: give a range at least {NARROWEST} wide, from 1 on"
            case "float" if not 100 <= low <= high < 1000 or high < SPREAD * low:
                yield f"{span}: give three digits, and a high of at least {SPREAD} times the low"
            case "series" if not 100 <= low < high < 1000:
                yield f"{span}: give three digits, and a high above the low"
        if spec.kind == "float" and spec.decimals not in (1, 2):
            yield f"'{spec.label}' has {spec.decimals} decimals: give 1 or 2"
        if spec.kind == "enum" and not 9 <= len(spec.choices) <= 12:
            yield f"'{spec.label}' has {len(spec.choices)} choices: give 9 to 12"
        sizes = [len(part) for part in spec.parts]
        if spec.kind == "text" and (len(sizes) != 3 or not 14 <= min(sizes) <= max(sizes) <= 18):
            yield f"'{spec.label}' has parts of {sizes} words: give three parts of 14 to 18 words"
        if re.search(r"[\d.]", spec.prefix + spec.suffix):
            yield f"the unit '{spec.prefix}{spec.suffix}' of '{spec.label}' holds a digit or dot"


def _forms(template: Template) -> Iterator[str]:
    """Every sentence has its placeholders, and no character that would mislead a reader."""
    wording = template.wording
    texts = [(spec.sentence, "{s} {v}", r"[,;.\"\d]") for spec in template.attribute_specs]
    texts += [(text, "{s} {l} {now}", r"[;.\"\d]") for text in wording.notices]
    texts += [(text, "", r"[·\]\n]") for text in wording.titles]
    texts += [(text, "", r"[,;.\"\d]") for text in (wording.employer, *wording.peers)]
    texts += [(text, "", r"[,;.\"'\d]") for text in (r.phrase for r in template.relations)]
    texts += [(text, "{s}" if "{s}" in text else "", r"[\[\]·\n]") for text in wording.noise]
    texts += [(text, "", r"[,;.\"'\d{}]|\band\b") for text in template.categories]
    texts += [(wording.membership.replace("'{c}'", "{c}"), "{s} {c}", r"[,;.\"'\d]")]
    for text, places, forbidden in texts:
        if sorted(_PLACE.findall(text)) != sorted(places.split()):
            yield f"'{text}' must hold the placeholders [{places}], each once"
        if match := re.search(forbidden, text):
            yield f"'{text}' holds '{match[0]}': remove it"
    if "'{c}'" not in wording.membership:
        yield f"'{wording.membership}' must hold the group in single quotes, as '{{c}}'"
    for spec in template.attribute_specs:
        if not _holds(spec.sentence, spec.label):
            yield f"'{spec.sentence}' does not hold its label '{spec.label}': add it"
    for text in wording.noise:
        for category in template.categories:
            if _holds(text, category):
                yield f"the group '{category}' occurs in '{text}': replace one of them"


def _limits(template: Template) -> Iterator[str]:
    """Ratios and constraints name numeric attributes, and every constraint can be met."""
    attribute_specs = {spec.label: spec for spec in template.attribute_specs}
    numbers = {spec.label for spec in template.attribute_specs if spec.kind in ("int", "float")}
    for label in (label for pair in template.ratios for label in pair):
        if label not in numbers:
            yield f"a ratio names '{label}', which is no int or float attribute: name one"
    for constraint in template.constraints:
        part, whole = attribute_specs.get(constraint.label), attribute_specs.get(constraint.of)
        if part is None or whole is None or {part.kind, whole.kind} != {"int"}:
            names = f"'{constraint.label}' and '{constraint.of}'"
            yield f"the constraint of {names} must name two int attributes"
        elif whole.low * constraint.percent // 100 < part.low:
            yield f"'{part.label}' cannot be under {constraint.percent}% of '{whole.label}'"


def _reading(template: Template) -> Iterator[str]:
    """The strong reader reads back the instructions, and what the texts of tasks state; each
    misread attribute is named once."""
    misread: dict[str, str] = {}
    for seed in range(TASKS):
        generator = Generator(template, seed, "hard", TIERS["hard"], "")
        task, guide = generator.task(), generator.guide
        strong, gold = strong_reader(task.system), task.gold
        assert isinstance(gold, WorldsGold)
        if strong.guide != guide:
            odd = [a.label for a in guide.attributes if a not in strong.guide.attributes]
            yield f"the instructions are misread, at the attributes {odd}: reword their labels"
            return
        read = StatementIndex(fact for event in task.events for fact in strong.read(event.text))
        for fact in gold.in_the_end():
            if read.state(fact) == HELD:
                continue
            if fact.key == CATEGORY or fact.role == AMONG:
                misread["group" if fact.key == CATEGORY else "relations"] = guide.sentence(fact)
            else:
                attribute = guide.attribute(fact.key)
                misread.setdefault(attribute.label, _line(task, fact.subject, attribute))
    for label, text in misread.items():
        yield f"the strong reader misreads '{label}' in '{text}': reword it"


def _line(task: Task, name: str, attribute: Attribute) -> str:
    """The last sentence of a task that states an attribute of an entity."""
    texts = (event.text for event in reversed(task.events) if event.kind != QUESTION_KIND)
    sentences = chain.from_iterable(re.split(r"\. |\n", text) for text in texts)
    labels = (attribute.label, attribute.alias)
    stating = (text for text in sentences if name in text and any(_holds(text, a) for a in labels))
    return next(stating)


def _labelled(template: Template) -> list[tuple[str, AttributeSpec]]:
    """Every label and alias, with its attribute."""
    return [(name, spec) for spec in template.attribute_specs for name in (spec.label, spec.alias)]


def _sentences_of(template: Template) -> list[tuple[AttributeSpec | None, str]]:
    """All sentences of its documents, with the attribute that each belongs to."""
    wording = template.wording
    relations = (relation.phrase for relation in template.relations)
    own = (*relations, *wording.titles, *wording.peers, *wording.notices, *wording.noise)
    return [
        *((spec, spec.sentence) for spec in template.attribute_specs),
        *((None, text) for text in (*own, wording.membership, *SHARED)),
    ]


def _words(text: str) -> list[str]:
    """Lower-case words as the strong reader splits them, without placeholders."""
    return re.findall(r"[\w&'-]+", _PLACE.sub(" ", text).lower())


def _holds(text: str, words: str) -> bool:
    """Whether the text holds these words, whole and in a row."""
    return f" {' '.join(_words(words))} " in f" {' '.join(_words(text))} "
