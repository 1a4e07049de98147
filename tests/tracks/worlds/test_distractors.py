"""A distractor figure is marked by a cue and is far from the true value."""

import re

import pytest

from memorygym.core import registry
from memorygym.core.rng import named_rng
from memorygym.core.types import Task
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Attribute, Value
from memorygym.tracks.worlds.generator.generator import load_template
from memorygym.tracks.worlds.generator.prose import false_value
from memorygym.tracks.worlds.generator.template_schema import AttributeSpec
from tests.episodes import generated, gold

TEMPLATES = registry.names("templates")


def numeric(template: str) -> list[AttributeSpec]:
    return [
        spec for spec in load_template(template).attribute_specs if spec.kind in ("int", "float")
    ]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_false_number_differs_from_the_true_one_by_more_than_5_percent(template: str) -> None:
    stream = named_rng("test", template)
    for spec in numeric(template):
        for _ in range(200):
            value = spec.draw(stream)
            false = false_value(spec, value, stream)
            assert isinstance(value, int) and isinstance(false, int)
            assert abs(false - value) > 0.05 * abs(value)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_false_value_differs_from_the_true_one(template: str) -> None:
    stream = named_rng("test", template, "words")
    for spec in load_template(template).attribute_specs:
        value: Value = spec.draw(stream)
        assert all(false_value(spec, value, stream) != value for _ in range(50))


def sentences(task: Task) -> list[str]:
    texts = [event.text for event in task.events if event.kind == "documents"]
    return [s for text in texts for line in text.split("\n") for s in line.split(". ")]


def figures(attribute: Attribute, sentence: str) -> int:
    """The number of figures in a sentence that have the format of the attribute."""
    number = rf"{re.escape(attribute.prefix)}\d[\d,]*\.\d+{re.escape(attribute.suffix)}"
    return len(re.findall(number, sentence))


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_reader_distinguishes_true_values_from_distractors(template: str) -> None:
    task = generated(template, 0, "standard")
    reader, table = strong_reader(task.system), gold(task)
    texts = [event.text for event in task.events if event.kind == "documents"]
    assert sum(reader.coverage(text)[1] for text in texts) == 0
    stated = {fact.content for text in texts for fact in reader.read(text)}
    assert set(table.facts) <= stated


def test_documents_contain_distractors() -> None:
    task = generated("company", 0, "standard")
    revenue = strong_reader(task.system).guide.attribute("b")
    both = [s for s in sentences(task) if figures(revenue, s) == 2]
    assert len(both) > 10
