"""The fact reader on texts that nobody meant it to read: junk, cut texts, mixtures."""

import random
from collections.abc import Callable
from itertools import chain
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.phrases import Phrases
from memorygym.tracks.codeqa import fact_reader as codeqa
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.worlds.fact_reader import strong_reader
from tests.episodes import generated
from tests.layouts import LAYOUTS
from tests.layouts.tasks import documents, shown_world, world_blocks, world_facts
from tests.slow import mostly_slow

PIECES = (
    "Eastgate Ceramics", "Birch Marine", "delivery vans", "patents", "risk level", "listing date",
    "229", "$1,940.6M", "9 March 2014", "2031-01-09", "minor", "supplies", "->", "|", "\n", "\n\n",
    ": ", ", ", "- ", "## ", "{", "}", "[", "]", '"', "'", "<p>", "</p>", "<a b='c'>", "**", "~~",
    "was", "forecast", "(", ")", "20 higher than stated before", "`x_y`", "=", ";", "\t", "> ", "│",
    "├── ", "---", "===", "```", "Q: ", "A: ", "?", "\ue000", "\ue001", "employer", "Orm Bridge",
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
SELF_NAMED = ("bullets_no_heading", "triples", "pipes", "arrows", "numbered", "json_lines", "log")
"""Layouts whose lines all name their entity."""


def readers() -> list[Callable[[str], object]]:
    return [strong_reader(shown_world("company")[0]).read, ResearchReader().read, codeqa.read]


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_no_text_raises(text: str) -> None:
    for read in readers():
        read(text)


@pytest.mark.slow
@given(TEXTS)
@settings(max_examples=100_000, deadline=None)
def test_no_text_of_very_many_raises(text: str) -> None:
    for read in readers():
        read(text)


@pytest.mark.parametrize("name", SELF_NAMED)
def test_lines_in_any_order_and_number_credit_nobody_new(name: str) -> None:
    system, records = shown_world("company")
    reader = strong_reader(system, generated("company").texts)
    lines = LAYOUTS[name](world_blocks(reader.guide, records)).split("\n")
    every = [world_facts([record], reader.guide) for record in records]
    stated = {(key, value) for record in every for key, value in record.items()}
    stream = random.Random(name)
    for _ in range(5):
        some = [line for line in stream.sample(lines, len(lines)) if stream.random() < 0.7]
        read = reader.read("\n".join(some))
        credited = {
            item
            for fact in read
            if fact.holds
            for item in world_facts([fact], reader.guide).items()
        }
        assert credited <= stated


@mostly_slow("name", sorted(LAYOUTS), quick=15)
def test_two_texts_together_state_no_more_than_each(name: str) -> None:
    system, records = shown_world("company")
    reader = strong_reader(system)
    shown = documents(records)
    texts = [
        LAYOUTS[name](world_blocks(reader.guide, chain.from_iterable(part)))
        for part in (shown[:6], shown[6:14])
    ]
    apart = [set(world_facts([r], reader.guide)) for text in texts for r in reader.read(text)]
    together = [set(world_facts([r], reader.guide)) for r in reader.read("\n\n".join(texts))]
    assert set().union(*together) <= set().union(*apart)


def test_a_text_that_names_every_entity_credits_none() -> None:
    system, records = shown_world("company")
    names = ", ".join(dict.fromkeys(fact.subject for fact in records))
    read = strong_reader(system).read(f"{names}\npatents: 300\n{names} patents 300")
    assert world_facts(read, strong_reader(system).guide) == {}


@pytest.mark.parametrize(
    "label", ["travel days", "employees", "daily address", "patents", "cities"]
)
def test_a_label_is_found_in_the_singular_and_in_the_plural(label: str) -> None:
    key = Key("a", "number", (label,))
    singular = label[:-3] + "y" if label.endswith("ies") else label.removesuffix("s")
    singular = label if label.endswith("ss") else singular
    for text in (label, singular, label.title(), label.replace(" ", "_")):
        assert [keys for _, _, keys, _ in Phrases([(label, key)]).find(f"The {text}: 3")] == [
            (key,)
        ]


@pytest.mark.slow
def test_a_line_of_ten_times_as_many_dates_takes_ten_times_as_long() -> None:
    def seconds(size: int) -> float:
        line = " ".join(f"Orm Bridge has {n} patents as of 9 March 2014." for n in range(size))
        start = process_time()
        strong_reader.__wrapped__(shown_world("company")[0]).read(line)
        return process_time() - start

    assert min(seconds(1_000) for _ in range(3)) < 30 * min(seconds(100) for _ in range(3))
