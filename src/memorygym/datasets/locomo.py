"""locomo: long conversations of two people in dated sessions, and questions by turn (LoCoMo)."""

import re
from collections.abc import Iterator

from memorygym.datasets._fields import (
    distinct,
    items,
    optional,
    row_of,
    rows,
    said,
    shown,
    text,
    texts,
    under,
)
from memorygym.datasets._samples import Asked, Format, Row, Sample, Unit
from memorygym.shapes import Misfit

SOURCE = (
    "https://github.com/snap-research/locomo (README, branch code; category numbers: issue 29):"
    " 1 multi-hop, 2 temporal, 3 open-domain, 4 single-hop, 5 adversarial. locomo10.json itself"
    " could not be looked up, only ten conversations without their questions."
)
_SESSION = re.compile(r"session_(\d+)")
_DIA = re.compile(r"D:?\s*(\d+)\s*:\s*(\d+)")
ADVERSARIAL = "5"
NOTHING = ("no information available", "not mentioned")
"""What its evaluation takes for the right answer to an adversarial question."""


def make() -> Format:
    """The format."""
    return Format(
        source=SOURCE,
        licence="CC BY-NC 4.0 (not looked up)",
        evidence="published: evidence, by turn",
        units=("turn", "session"),
        marks=frozenset({"conversation", "qa"}),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """A conversation with its questions, of all five categories."""
    units = tuple(_turns(row_of(row, "conversation")))
    if not units:
        raise Misfit("holds no turn", "conversation")
    distinct([unit.id for unit in units], "conversation")
    name = optional(row, "sample_id") or str(index)
    known = {unit.id for unit in units}
    asked = (_asked(qa, at, name, known) for at, qa in enumerate(rows(row, "qa")))
    return Sample(name, units, tuple(asked))


def _turns(conversation: Row) -> Iterator[Unit]:
    """The turns of the sessions, in the order of their numbers."""
    found = (_SESSION.fullmatch(key) for key in conversation)
    for number in sorted(int(one[1]) for one in found if one):
        session = f"session_{number}"
        date = optional(conversation, f"{session}_date_time")
        for at, turn in enumerate(rows(conversation, session)):
            with under(f"conversation.{session}[{at}]"):
                yield _turn(turn, session, date)


def _turn(turn: Row, session: str, date: str) -> Unit:
    caption = optional(turn, "blip_caption")
    shown_too = f" [{caption}]" if caption else ""
    return Unit(
        id=text(turn, "dia_id"),
        text=f"{said(turn, 'text')}{shown_too}".strip(),
        session=session,
        date=date,
        speaker=text(turn, "speaker"),
    )


def _asked(qa: Row, at: int, sample: str, known: set[str]) -> Asked:
    with under(f"qa[{at}]"):
        category = text(qa, "category")
        trap = category == ADVERSARIAL
        told, unread = _evidence(items(qa, "evidence") if "evidence" in qa else [])
        found = tuple(id for id in told if id in known)
        return Asked(
            id=f"{sample}-{at}",
            question=text(qa, "question"),
            answers=NOTHING if trap else (text(qa, "answer"),),
            evidence=found,
            category=category,
            rivals=texts(qa, "adversarial_answer") if trap else (),
            unknown=len(told) - len(found) + unread,
        )


def _evidence(told: list[object]) -> tuple[tuple[str, ...], int]:
    """The turns that evidence names, and how many pieces of it name none.

    >>> _evidence(["D8:6; D9:17", "D:11:26", "D30:05", "D"])
    (('D8:6', 'D9:17', 'D11:26', 'D30:5'), 1)
    """
    ids: list[str] = []
    unread = 0
    for piece in told:
        if not isinstance(piece, str):
            raise Misfit(f"is {shown(piece)}, not a text", "evidence")
        found = [f"D{int(session)}:{int(turn)}" for session, turn in _DIA.findall(piece)]
        ids += found
        unread += not found
    return tuple(dict.fromkeys(ids)), unread
