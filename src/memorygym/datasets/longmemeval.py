"""longmemeval: one question about a long history of chats with an assistant (LongMemEval)."""

from itertools import zip_longest

from memorygym.core.json_types import SchemaMismatch, from_json
from memorygym.datasets._fields import Row, as_row, items, optional, text, texts, under
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
    seen: set[str] = set()
    sessions = items(row, "haystack_sessions")
    ids, dates = texts(row, "haystack_session_ids"), texts(row, "haystack_dates")
    if len(ids) != len(sessions):
        problem = f"has {len(ids)} ids for {len(sessions)} sessions"
        raise SchemaMismatch(problem, "haystack_session_ids")
    for number, (id, date) in enumerate(zip_longest(ids, dates[: len(ids)], fillvalue="")):
        session = f"{id} ({number})" if id in seen else id
        seen.add(session)
        with under(f"haystack_sessions[{number}]"):
            turns = from_json(list[object], sessions[number])
            for position, turn in enumerate(turns):
                with under(f"[{position}]"):
                    message = as_row(turn, "")
                    content, role = text(message, "content", empty=True), text(message, "role")
                name = f"{session}_{position + 1}"
                units.append(Unit(name, content, session=session, date=date, speaker=role))
                evidence += [name] if message.get("has_answer") is True else []
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
