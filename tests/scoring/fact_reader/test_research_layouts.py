"""Research: the same statements are read in any layout."""

import pytest

from memorygym.tracks.research.fact_reader import ResearchReader
from tests.layouts import LAYOUTS
from tests.layouts.tasks import current_facts, research_blocks, shown_research
from tests.slow import mostly_slow


@mostly_slow("name", LAYOUTS, quick=20)
def test_all_statements_are_read_in_any_layout_and_none_wrongly(name: str) -> None:
    wanted = current_facts(shown_research())
    read = current_facts(ResearchReader().read(LAYOUTS[name](research_blocks(shown_research()))))
    assert {key: value for key, value in read.items() if wanted.get(key) != value} == {}
    assert len(read) >= 0.99 * len(wanted)


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
