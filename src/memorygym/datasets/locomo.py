"""locomo: long conversations of two people in dated sessions, and questions by turn (LoCoMo)."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from memorygym.core.json_types import from_json
from memorygym.datasets import _fields as fields
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit

_SESSION = re.compile(r"session_(\d+)")
_DIA = re.compile(r"D:?\s*(\d+)\s*:\s*(\d+)")
ADVERSARIAL = "5"
NOTHING = ("no information available", "not mentioned")
"""The answers that its own evaluation accepts for an adversarial question."""


def make() -> Format:
    return Format(
        source="https://github.com/snap-research/locomo (README, branch code; category numbers:"
        " issue 29): 1 multi-hop, 2 temporal, 3 open-domain, 4 single-hop, 5 adversarial."
        " locomo10.json itself could not be looked up, only ten conversations without their"
        " questions.",
        licence="CC BY-NC 4.0 (not looked up)",
        evidence="published: evidence, by turn",
        units=("turn", "session"),
        sample=sample,
    )


def sample(row: fields.Row, index: int) -> Sample:
    """A conversation with its questions, of all five categories."""
    conversation = fields.as_row(fields.field(row, "conversation"), "conversation")
    with fields.under("conversation"):
        units = tuple(_turns(conversation))
        fields.check_distinct([unit.id for unit in units], "")
    name = fields.optional(row, "sample_id") or str(index)
    return Sample(name, units, fields.read_each(row, "qa", partial(_question, name)))


def _turns(conversation: fields.Row) -> Iterator[Unit]:
    """The turns of the sessions, in the order of their numbers."""
    matches = (_SESSION.fullmatch(key) for key in conversation)
    for number in sorted(int(match[1]) for match in matches if match):
        session = f"session_{number}"
        date = fields.optional(conversation, f"{session}_date_time")
        yield from fields.read_each(conversation, session, partial(_turn, session, date))


def _turn(session: str, date: str, turn: fields.Row, _: int) -> Unit:
    caption = fields.optional(turn, "blip_caption")
    caption_text = f" [{caption}]" if caption else ""
    return Unit(
        id=fields.text(turn, "dia_id"),
        text=f"{fields.text(turn, 'text', empty=True)}{caption_text}".strip(),
        session=session,
        date=date,
        speaker=fields.text(turn, "speaker"),
    )


def _question(sample: str, qa: fields.Row, index: int) -> SampleQuestion:
    category = fields.text(qa, "category")
    is_adversarial = category == ADVERSARIAL
    pieces = from_json(tuple[str, ...], qa.get("evidence", ()), "evidence")
    evidence, unknown = _evidence(pieces)
    return SampleQuestion(
        id=f"{sample}-{index}",
        question=fields.text(qa, "question"),
        answers=NOTHING if is_adversarial else (fields.text(qa, "answer"),),
        evidence=evidence,
        category=category,
        refusal=is_adversarial,
        rivals=fields.texts(qa, "adversarial_answer") if is_adversarial else (),
        unknown=unknown,
    )


def _evidence(pieces: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The turns that evidence names, and the number of its pieces that name none.

    >>> _evidence(["D8:6; D9:17", "D:11:26", "D30:05", "D"])
    (('D8:6', 'D9:17', 'D11:26', 'D30:5'), 1)
    """
    ids: list[str] = []
    unknown = 0
    for piece in pieces:
        turns = [f"D{int(session)}:{int(turn)}" for session, turn in _DIA.findall(piece)]
        ids += turns
        unknown += not turns
    return tuple(dict.fromkeys(ids)), unknown
