"""Codeqa: whatever the layout, the same statements are read of notes about code and topics."""

from itertools import product

import pytest

from memorygym.tracks.codeqa.fact_reader import read, render
from tests import layouts
from tests.layouts.tasks import code_block, current_code, shown_code
from tests.slow import mostly_slow

PART = {"upper": 0.05, "lower": 0.35}
"""Layouts read in part, with the share that is read: identifiers lose their case."""
LOSSY = {
    "tsv_merged",  # Code with line breaks, without quotes, in the cells of a table.
    "prose_profile", "changelog",  # A full stop behind code.
}  # fmt: skip
LAYOUTS = {name: layout for name, layout in layouts.LAYOUTS.items() if name not in LOSSY}


@mostly_slow(("form", "name"), product(["files", "session", "mixed"], LAYOUTS), quick=31)
def test_all_statements_are_read_in_any_layout_and_none_wrongly(name: str, form: str) -> None:
    every, noted = shown_code(form)
    got = current_code(read(LAYOUTS[name]([code_block(statement) for statement in noted])))
    truth, wanted = current_code(every), current_code(noted)
    right = {(key, value) for known in (truth, wanted) for key, value in known.items()}
    wrong = got.items() - right
    assert not wrong
    assert len(wanted.keys() & got.keys()) >= PART.get(name, 0.99) * len(wanted)


@pytest.mark.parametrize("form", ["files", "session", "mixed"])
def test_every_canonical_sentence_is_read_in_any_layout_too(form: str) -> None:
    """Without its first word it is no longer canonical."""
    for statement in shown_code(form)[1]:
        assert read(render(statement).removeprefix("Noted ")) == (statement,)


def test_a_misspelt_label_is_no_label() -> None:
    assert read("the parent clas of QuayLog is QuayBook.") == ()
