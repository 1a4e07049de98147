"""longmemeval: one question about a long history of chats with an assistant (LongMemEval)."""

from collections.abc import Iterator

from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row, as_row, items, optional, said, shown, text, texts, under
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit

ABSTAINS = "_abs"


def make() -> Format:
    return Format(
        source="https://github.com/xiaowu0162/LongMemEval (README, Dataset Format; its retrieval"
        " figures leave _abs questions out). Every turn is searched here, there the user's alone.",
        licence="MIT",
        evidence="published: answer_session_ids by session, has_answer by turn",
        units=("session", "turn"),
        marks=frozenset({"question_id", "haystack_sessions"}),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """One question and its history; sessions of one id are told apart by their place."""
    units: list[Unit] = []
    evidence: list[str] = []
    seen: set[str] = set()
    for session, date, place, turns in _sessions(row):
        home = f"{session} ({place})" if session in seen else session
        seen.add(home)
        for at, turn in enumerate(turns):
            with under(f"haystack_sessions[{place}][{at}]"):
                told = as_row(turn, "")
                content, role = said(told, "content"), text(told, "role")
            unit = Unit(f"{home}_{at + 1}", content, session=home, date=date, speaker=role)
            units.append(unit)
            evidence += [unit.id] if told.get("has_answer") is True else []
    name = optional(row, "question_id") or str(index)
    asked = SampleQuestion(
        id=name,
        question=text(row, "question"),
        answers=(text(row, "answer"),),
        evidence=tuple(evidence),
        category=text(row, "question_type"),
        sessions=texts(row, "answer_session_ids"),
        unranked="abstention" if name.endswith(ABSTAINS) else "",
    )
    return Sample(name, tuple(units), (asked,))


def _sessions(row: Row) -> Iterator[tuple[str, str, int, list[object]]]:
    """ID, date, place and turns of each session."""
    sessions = items(row, "haystack_sessions")
    ids, dates = texts(row, "haystack_session_ids"), texts(row, "haystack_dates")
    if len(ids) != len(sessions):
        told = f"has {len(ids)} ids for {len(sessions)} sessions"
        raise SchemaMismatch(told, "haystack_session_ids")
    for at, session in enumerate(sessions):
        if not isinstance(session, list):
            raise SchemaMismatch(f"is {shown(session)}, not a list", f"haystack_sessions[{at}]")
        yield ids[at], dates[at] if at < len(dates) else "", at, session
