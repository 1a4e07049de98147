"""longmemeval_v2: questions about what many trajectories of web agents showed (LongMemEval-V2)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row, as_row, items, optional, rows, text, texts
from memorygym.datasets._files import FileRecord, records
from memorygym.datasets._samples import (
    Format,
    Sample,
    SampleQuestion,
    Unit,
    normalised_units,
    units_with_answer,
)

QUESTIONS, TRAJECTORIES = "questions.jsonl", "trajectories.jsonl"
HAYSTACK = Path("haystacks") / "lme_v2_small.json"


def make() -> Format:
    return Format(
        source="https://github.com/xiaowu0162/LongMemEval-V2 (data/public_data.py,"
        " evaluation/harness.py, memory_modules/trajectory_store.py): questions.jsonl,"
        " trajectories.jsonl and haystacks/lme_v2_TIER.json in one folder; FILE is that folder, its"
        " questions.jsonl (the tier small), or a haystack. Screenshots are left out; no evidence"
        " could be found in the schema.",
        licence="Apache 2.0",
        evidence="derived: the at most 3 states that hold the answer word for word",
        units=("turn", "session"),
        sample=sample,
        records=questions_with_trajectories,
    )


def questions_with_trajectories(path: Path) -> Iterator[FileRecord]:
    """The records of the questions, each with the trajectories of its haystack."""
    questions, haystack = _files(path)
    trajectory_file = questions.parent / TRAJECTORIES
    if not trajectory_file.is_file() or not haystack.is_file():
        # A file of another format, or one without the files that must be next to it.
        yield from records(questions)
        return
    trajectories: dict[str, object] = {}
    for record in records(trajectory_file):
        if isinstance(record.value, dict):
            trajectories[optional(record.value, "id")] = record.value
        else:
            place, problem = f"{TRAJECTORIES} {record.place}", record.problem or "no object"
            yield FileRecord(record.index, place, None, problem)
    ids = _haystack(haystack)
    for record in records(questions):
        if not isinstance(record.value, dict):
            yield record
            continue
        named = ids.get(optional(record.value, "id"), ())
        value = {**record.value, "trajectories": [trajectories.get(id) for id in named]}
        yield replace(record, value=value)


def _files(path: Path) -> tuple[Path, Path]:
    """The paths of the questions and of the haystack that belong to a path."""
    if path.is_dir():
        return path / QUESTIONS, path / HAYSTACK
    if path.parent.name == HAYSTACK.parent.name:
        return path.parent.parent / QUESTIONS, path
    return path, path.parent / HAYSTACK


def _haystack(path: Path) -> dict[str, tuple[str, ...]]:
    """The ids of trajectories by question. Raises BadSettings."""
    record = next(records(path), None)
    if record is None or not isinstance(record.value, dict):
        raise BadSettings(
            f"{path} is not a haystack: it must be a JSON object of lists by question"
        )
    return {question: texts(record.value, question) for question in record.value}


def sample(row: Row, index: int) -> Sample:
    """One question and the states of its trajectories."""
    eval_function = text(row, "eval_function")
    if "trajectories" not in row:
        problem = f"cannot be read: {TRAJECTORIES} and {HAYSTACK} must stand beside the questions"
        raise SchemaMismatch(problem, "trajectories")
    units = tuple(_units(row))
    if not units:
        raise SchemaMismatch("are none: its haystack names none that is known", "trajectories")
    question_type = text(row, "question_type")
    answer = text(row, "answer")
    question = row.get("question")
    source: Row = question if isinstance(question, dict) else row
    sample_question = SampleQuestion(
        id=optional(row, "id") or str(index),
        question=text(source, "question" if source is row else "text"),
        answers=(answer,),
        evidence=units_with_answer(normalised_units(units), [answer]),
        category=question_type,
        unranked="abstention" if "-abs" in question_type or "abstention" in eval_function else "",
    )
    return Sample(sample_question.id, units, (sample_question,))


def _units(row: Row) -> Iterator[Unit]:
    for index, trajectory in enumerate(items(row, "trajectories")):
        if trajectory is None:
            raise SchemaMismatch("is in the haystack and not in the file", f"trajectories[{index}]")
        trajectory_row = as_row(trajectory, f"trajectories[{index}]")
        name = text(trajectory_row, "id")
        goal = optional(trajectory_row, "goal")
        for state_index, state in enumerate(rows(trajectory_row, "states")):
            yield Unit(f"{name}_{state_index}", _state(state), title=goal, session=name)


def _state(state: Row) -> str:
    """The text of a state: its page, and the agent's thought and action."""
    thought = optional(state, "thoughts") or optional(state, "thought")
    page = optional(state, "accessibility_tree") or optional(state, "text")
    url, action = optional(state, "url"), optional(state, "action")
    parts = {"URL": url, "Thought": thought, "Action": action, "Page": page}
    return "\n".join(f"{name}: {value}" for name, value in parts.items() if value)
