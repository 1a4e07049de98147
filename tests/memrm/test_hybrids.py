"""Hybrids keep messages word for word, and their labels follow from what they keep."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from memorygym.core.types import Message
from memorygym.memrm.contexts import messages_of
from memorygym.memrm.hybrids import KINDS, LONG, hybrids
from memorygym.memrm.pair import ContextPair, Full
from memorygym.memrm.probes import FEATURES, NeedReader
from memorygym.memrm.train import _contexts

SUMMARY = "They talked about a trip; Ann brings the tent."
FULL = [
    {"role": "user", "content": f"Message {number} says {number * 111}. " + "So it is. " * LONG}
    for number in range(12)
]


def rows(**need: Any) -> list[Mapping[str, Any]]:
    """A written compaction of twelve messages, with one need."""
    needs = [{"text": "What does it say?", "kept": False, **need}]
    return [{"group": "g", "domain": "d", "kind": "a", "full": FULL, "compacted": SUMMARY,
             "needs": needs}]  # fmt: skip


def kept(row: Mapping[str, Any]) -> set[int]:
    """The messages of the full context that stand in a compacted one, word for word."""
    texts = [message.content for message in messages_of(row["compacted"])]
    return {at for at, message in enumerate(FULL) if message["content"] in texts}


def labels(**need: Any) -> Iterator[tuple[Mapping[str, Any], bool | None]]:
    """Each hybrid and its label of one need; None where it was left out."""
    for row in hybrids(rows(**need)):
        yield row, next((need["kept"] for need in row["needs"]), None)


def test_a_need_is_kept_where_all_its_messages_are() -> None:
    found = [(row, label) for row, label in labels(evidence=[[2], [5, 7]])]

    assert [row["kind"] for row, _ in found] == list(KINDS)
    for row, label in found:
        supported = 2 in kept(row) or kept(row) >= {5, 7}
        assert bool(label) == supported
    assert {label for _, label in found} >= {True, False}


def test_a_summary_that_keeps_a_need_keeps_it_in_a_hybrid() -> None:
    for row, label in labels(evidence=[[2]], kept=True):
        assert label == ("summary" in row["kind"] or 2 in kept(row))


def test_a_need_of_which_a_message_gives_a_hint_or_a_part_has_no_label() -> None:
    hinted = [label for row, label in labels(evidence=[[99]], hints=[[11]]) if 11 in kept(row)]
    part = [
        label for row, label in labels(evidence=[[11, 99]]) if "summary" in row["kind"]
    ]  # fmt: skip
    assert hinted and part and not [label for label in (*hinted, *part) if label is not None]


def test_hybrids_are_the_same_each_time_and_none_are_made_without_evidence() -> None:
    assert [*hybrids(rows(evidence=[[3]]))] == [*hybrids(rows(evidence=[[3]]))]
    assert not [*hybrids(rows())]


def test_written_compactions_that_keep_the_evidence_word_for_word_keep_the_need() -> None:
    checked = 0
    for context in _contexts():
        if isinstance(full := context[0]["full"], str):
            continue
        for row in context:
            text = "\n".join(message.content for message in messages_of(row["compacted"]))
            here = {at for at, message in enumerate(full) if message["content"] in text}
            for need in row["needs"]:
                if any(here >= set(places) for places in need.get("evidence", ())):
                    checked += 1
                    assert need["kept"], (row["group"], row["kind"], need["text"])
    assert checked > 200


@pytest.mark.parametrize(
    ("compacted", "copied", "stale"),
    [
        (["The port of the server is 8080."], 1.0, True),
        (["The server port moved to 9090 in May.", "They spoke of ports."], 0.5, False),
        (["The server has some port."], 0.0, False),
    ],
)  # fmt: skip
def test_a_need_is_told_what_is_copied_and_what_is_kept_in_an_old_version(
    compacted: list[str], copied: float, stale: bool
) -> None:
    full = ["The port of the server is 8080.", "Fine.", "The server port moved to 9090 in May."]
    need = "What is the server port?"
    sides = [[Message("user", text) for text in texts] for texts in (full, compacted)]
    values = dict(
        zip(
            FEATURES,
            NeedReader(ContextPair.of(Full(sides[0]), sides[1], [need])).features(need),
            strict=True,
        )
    )

    assert values["copied"] == copied
    assert (values["stale"] > 0.1) == stale
