"""longmemeval: one question about a long history of chats with an assistant (LongMemEval)."""

from collections.abc import Iterator

from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import (
    Row,
    as_row,
    items,
    optional,
    quoted,
    text,
    texts,
    under,
)
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit

ABSTAINS = "_abs"


def make() -> Format:
    return Format(
        source="https://github.com/xiaowu0162/LongMemEval (README, Dataset Format; its retrieval"
        " figures leave _abs questions out). Every turn is searched here, there the user's alone.",
        licence="MIT",
        evidence="published: answer_session_ids by session, has_answer by turn",
        units=("session", "turn"),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """One question and its history; sessions with the same id are numbered by their index."""
    units: list[Unit] = []
    evidence: list[str] = []
    session_ids: set[str] = set()
    for session, date, session_index, turns in _sessions(row):
        session_id = f"{session} ({session_index})" if session in session_ids else session
        session_ids.add(session_id)
        for turn_index, turn in enumerate(turns):
            with under(f"haystack_sessions[{session_index}][{turn_index}]"):
                message = as_row(turn, "")
                content, role = text(message, "content", empty=True), text(message, "role")
            unit = Unit(
                f"{session_id}_{turn_index + 1}",
                content,
                session=session_id,
                date=date,
                speaker=role,
            )
            units.append(unit)
            evidence += [unit.id] if message.get("has_answer") is True else []
    name = optional(row, "question_id") or str(index)
    question = SampleQuestion(
        id=name,
        question=text(row, "question"),
        answers=(text(row, "answer"),),
        evidence=tuple(evidence),
        category=text(row, "question_type"),
        sessions=texts(row, "answer_session_ids"),
        unranked="abstention" if name.endswith(ABSTAINS) else "",
    )
    return Sample(name, tuple(units), (question,))


def _sessions(row: Row) -> Iterator[tuple[str, str, int, list[object]]]:
    """Id, date, index and turns of each session."""
    sessions = items(row, "haystack_sessions")
    ids, dates = texts(row, "haystack_session_ids"), texts(row, "haystack_dates")
    if len(ids) != len(sessions):
        problem = f"has {len(ids)} ids for {len(sessions)} sessions"
        raise SchemaMismatch(problem, "haystack_session_ids")
    for index, session in enumerate(sessions):
        if not isinstance(session, list):
            raise SchemaMismatch(f"is {quoted(session)}, not a list", f"haystack_sessions[{index}]")
        yield ids[index], dates[index] if index < len(dates) else "", index, session
