"""What all agents of a process share can be neither changed nor used as a place to keep things."""

import pytest

from memorygym.tracks.worlds.fact_reader import StrongReader, reader
from memorygym.tracks.worlds.facts import Record
from tests.episodes import generated


@pytest.fixture
def shared() -> StrongReader:
    return reader(generated().system)


def test_a_record_that_one_agent_read_is_not_changed_for_the_next(shared: StrongReader) -> None:
    text = generated().events[0].text
    record = shared.read(text)[0]
    for spoil in (
        lambda: record.values.__delitem__("a"),  # type: ignore[attr-defined]  # The attack.
        lambda: record.values.update(a=1),  # type: ignore[attr-defined]  # The attack.
        lambda: setattr(record, "values", {}),
    ):
        with pytest.raises((TypeError, AttributeError)):
            spoil()
    assert shared.read(text)[0] is record and record.values


def test_a_record_does_not_follow_the_dictionary_that_it_was_made_of() -> None:
    values = {"a": 1}
    record = Record("Acme Harbor", values=values)  # type: ignore[arg-type]
    values["a"] = 2
    assert record.values == {"a": 1}


@pytest.mark.parametrize("name", ["stash", "read", "_read", "guide"])
def test_nothing_can_be_left_on_a_shared_reader(shared: StrongReader, name: str) -> None:
    with pytest.raises((TypeError, AttributeError)):
        setattr(shared, name, [])


def test_no_name_on_a_shared_reader_leads_to_what_it_has_read(shared: StrongReader) -> None:
    public = [name for name in dir(shared) if not name.startswith("__")]
    assert public == ["answer", "ask", "guide", "read", "tell"]
    for part in (shared.read, shared.ask, shared.answer):
        with pytest.raises((TypeError, AttributeError)):
            setattr(part, "stash", [])  # noqa: B010  # A plain assignment would not type-check.
