"""Research: the same statements are read in any layout."""

import pytest

from memorygym.tracks.research.fact_reader import ResearchReader
from tests.layouts import blind, development
from tests.layouts.tasks import research_blocks, research_facts, shown_research

UNREADABLE = {
    "upper", "lower",  # A name that stands once is no name there.
    "value_first",  # "Ann Lee — mentor — Bob Ray": nobody knows who taught whom.
    "chat", "constructors", "emoji_timeline", "matrix", "quote_cards", "run_on", "sql_statements",
}  # fmt: skip
"""Layouts that are read in part or not at all; docs/fact_reading.md has the figures."""
LAYOUTS = {**development.LAYOUTS, **blind.LAYOUTS}


@pytest.mark.parametrize("name", sorted(LAYOUTS.keys() - UNREADABLE))
def test_all_statements_are_read_in_any_layout(name: str) -> None:
    wanted = research_facts(shown_research())
    read = research_facts(ResearchReader().read(LAYOUTS[name](research_blocks(shown_research()))))
    assert {key: value for key, value in read.items() if wanted.get(key) != value} == {}
    assert len(wanted.keys() - read.keys()) <= 0.01 * len(wanted)


@pytest.mark.parametrize(
    "words",
    [
        "Sub-query: the instrument devised by Zasan Malsegate",
        "Rosroway Interferometer flagship, showpiece",
        "Harleward Sonde instrument, readings, carried out with",
        "keywords: Eltan Zeldanick, Cesha Maldetan, Kirvirick Observatory, through, guided",
    ],
)
def test_words_to_search_for_state_nothing(words: str) -> None:
    assert ResearchReader().coverage(words) == (0, 0)
