"""Dialogue: the same facts are read in any layout."""

import pytest

from memorygym.core import registry
from memorygym.tracks.dialogue.fact_reader import reader_for
from tests.layouts import LAYOUTS
from tests.layouts.tasks import current_facts, dialogue_blocks, shown_session
from tests.slow import mostly_slow

CASES = [(name, t) for name in LAYOUTS for t in registry.names("desks")]


@mostly_slow(("name", "template"), CASES, quick=20)
def test_all_facts_are_read_in_any_layout_and_none_wrongly(name: str, template: str) -> None:
    desk, stated = shown_session(template)
    wanted = current_facts(stated)
    read = current_facts(reader_for(template).read(LAYOUTS[name](dialogue_blocks(desk, stated))))
    assert {key: value for key, value in read.items() if wanted.get(key) != value} == {}
    assert len(read) >= 0.98 * len(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("User's price limit: $80 (was $96)", {("customer", "price limit"): "80"}),
        ("- Ada Novak\n  - size: small\n- price limit: $80",
         {("Ada Novak", "size"): "small", ("customer", "price limit"): "80"}),
        ("My price limit is $80.\nMy price limit is now $60, no longer $80.",
         {("customer", "price limit"): "60"}),
        ("My price limit is now $60, no longer $80.\nMy price limit is $80.",
         {("customer", "price limit"): "60"}),
        ("The customer excludes the maker Orbex.", {}),
        ("What is Ada Novak's address code?", {}),
        ("P-48123; desk lamp; green; small; rating 4.10; price $60; delivery 3 days", {}),
        ('assistant: search {"colour": "green", "item": "kettle"}', {}),
    ],
)  # fmt: skip
def test_what_notes_and_listings_state(text: str, wanted: dict[tuple[str, str], str]) -> None:
    assert current_facts(reader_for("retail").read(text)) == wanted
