"""A distractor figure is marked by a cue and is far from the true value."""

import re

import pytest

from memorygym.core import registry
from memorygym.core.rng import named_rng
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator.generator import load_template
from memorygym.tracks.worlds.generator.prose import false_value
from tests.episodes import generated


@pytest.mark.parametrize("template", registry.names("templates"))
def test_a_false_value_differs_and_a_false_number_by_more_than_5_percent(template: str) -> None:
    stream = named_rng("test", template)
    for spec in load_template(template).attribute_specs:
        for _ in range(200):
            value = spec.draw(stream)
            false = false_value(spec, value, stream)
            assert false != value
            if isinstance(value, int):
                assert isinstance(false, int) and abs(false - value) > 0.05 * abs(value)


def test_documents_contain_distractors() -> None:
    task = generated("company", 0, "standard")
    revenue = strong_reader(task.system).guide.attribute("b")
    figure = rf"{re.escape(revenue.prefix)}\d[\d,]*\.\d+{re.escape(revenue.suffix)}"
    texts = [event.text for event in task.events if event.kind == "documents"]
    sentences = [s for text in texts for line in text.split("\n") for s in line.split(". ")]
    assert sum(len(re.findall(figure, sentence)) == 2 for sentence in sentences) > 10
