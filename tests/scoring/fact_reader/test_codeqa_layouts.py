"""Codeqa: whatever the layout, the same statements are read of notes about code and topics."""

from functools import cache
from itertools import product

import pytest

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks.codeqa.fact_reader import read, render
from memorygym.tracks.codeqa.vocabulary import type_of
from tests import layouts
from tests.layouts.blocks import Block, Item
from tests.slow import mostly_slow
from tests.tracks.codeqa.instances import generated, texts_of

PART = {"upper": 0.05, "lower": 0.35}
"""Layouts read in part, with the share that is read: identifiers lose their case."""
LOSSY = {
    "tsv_merged",  # Code with line breaks, without quotes, in the cells of a table.
    "prose_profile", "changelog",  # A full stop behind code.
}  # fmt: skip
LAYOUTS = {name: layout for name, layout in layouts.LAYOUTS.items() if name not in LOSSY}
_LABELS = {
    "file": "module", "value": "value", "base": "parent class", "raises": "exception raised",
    "source": "code", "rows": "row cap", "breaks": "breakage", "setting": "trigger",
    "exception": "ending", "culprit": "culprit", "items": "item cap", "plan": "plan",
    "memory": "memory cap", "default": "default of {}", "argument": "argument {}",
}  # fmt: skip
_KINDS = {"source": "code", "file": "text", "plan": "text"} | dict.fromkeys(
    ("base", "raises", "setting", "exception", "culprit"), "entity"
)
_QUALIFIERS = {(0,): "by an import", (-1,): "superseded"}
EACH = 24
"""Facts of code that a text of notes holds besides the needed ones."""


def block(statement: Statement) -> Block:
    key, _, name = statement.key.partition(":")
    qualifier = _QUALIFIERS.get(statement.rank, "")
    if key in ("calls", "reads"):
        item = Item(key, name, "relation", qualifier)
    else:
        kind = _KINDS.get(key, "int" if statement.value.isdigit() else "text")
        item = Item(_LABELS[key].format(name), statement.value, kind, qualifier)
    date = ""
    if statement.rank[0] == 2:
        year, month, day, hour, minute = statement.rank[1:]
        date = f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}"
    return Block(statement.subject, type_of(statement.subject), (item,), date)


@cache
def shown(form: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """All statements that a task shows, and those that a text of notes holds."""
    task = generated("--form", form)
    every = [s for text in texts_of(task) for s in read(text)]
    distinct = [s for s in dict.fromkeys(every) if s.subject != s.value]
    needed = {(fact.subject, fact.key) for fact in task.gold.needs}
    needed |= {s[:2] for s in distinct if s.rank[0] != 1 and s.rank != (0,)}
    others = [s for s in distinct if s[:2] not in needed]
    needed |= {s[:2] for s in others[:: len(others) // EACH]}
    return tuple(every), tuple(s for s in distinct if s[:2] in needed)


def current(statements: tuple[Statement, ...]) -> dict[tuple[str, str], str]:
    known = StatementIndex(statements)
    keys = dict.fromkeys(statement[:2] for statement in statements)
    return {key: found.value for key in keys if (found := known.get(*key))}


@mostly_slow(("form", "name"), product(["files", "session", "mixed"], LAYOUTS), quick=31)
def test_all_statements_are_read_in_any_layout_and_none_wrongly(name: str, form: str) -> None:
    every, noted = shown(form)
    got = current(read(LAYOUTS[name]([block(statement) for statement in noted])))
    truth, wanted = current(every), current(noted)
    right = {(key, value) for known in (truth, wanted) for key, value in known.items()}
    wrong = got.items() - right
    assert not wrong
    assert len(wanted.keys() & got.keys()) >= PART.get(name, 0.99) * len(wanted)


@pytest.mark.parametrize("form", ["files", "session", "mixed"])
def test_every_canonical_sentence_is_read_in_any_layout_too(form: str) -> None:
    """Without its first word it is no longer canonical."""
    for statement in shown(form)[1]:
        assert read(render(statement).removeprefix("Noted ")) == (statement,)


def test_a_misspelt_label_is_no_label() -> None:
    assert read("the parent clas of QuayLog is QuayBook.") == ()
