"""longmemeval_v2: questions about what many trajectories of web agents showed (LongMemEval-V2)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row, as_row, items, optional, rows, text, texts
from memorygym.datasets._files import FileRecord, records
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit, holders, spoken

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
        marks=frozenset({"question", "question_type", "eval_function"}),
        sample=sample,
        records=asked_of,
    )


def asked_of(path: Path) -> Iterator[FileRecord]:
    """The questions, each with the trajectories of its haystack."""
    questions, haystack = _files(path)
    beside = questions.parent / TRAJECTORIES
    if not beside.is_file() or not haystack.is_file():
        # A file of another format, or one alone: its rows lack what must stand beside it.
        yield from records(questions)
        return
    known: dict[str, object] = {}
    for row in records(beside):
        if not isinstance(row.value, dict):
            yield FileRecord(
                row.index, f"{TRAJECTORIES} {row.place}", None, row.problem or "no object"
            )
        else:
            known[optional(row.value, "id")] = row.value
    ids = _haystack(haystack)
    for record in records(questions):
        if not isinstance(record.value, dict):
            yield record
            continue
        shown = [known.get(one) for one in ids.get(optional(record.value, "id"), ())]
        yield replace(record, value={**record.value, "trajectories": shown})


def _files(path: Path) -> tuple[Path, Path]:
    """The questions and the haystack that a path stands for."""
    if path.is_dir():
        return path / QUESTIONS, path / HAYSTACK
    if path.parent.name == HAYSTACK.parent.name:
        return path.parent.parent / QUESTIONS, path
    return path, path.parent / HAYSTACK


def _haystack(path: Path) -> dict[str, tuple[str, ...]]:
    """IDs of trajectories by question. Raises BadSettings."""
    whole = next(records(path), None)
    if whole is None or not isinstance(whole.value, dict):
        raise BadSettings(f"{path} is no haystack: it is no object of lists by question")
    return {question: texts(whole.value, question) for question in whole.value}


def sample(row: Row, index: int) -> Sample:
    """One question and the states of its trajectories."""
    eval_function = text(row, "eval_function")
    if "trajectories" not in row:
        told = f"cannot be read: {TRAJECTORIES} and {HAYSTACK} must stand beside the questions"
        raise SchemaMismatch(told, "trajectories")
    units = tuple(_units(row))
    if not units:
        raise SchemaMismatch("are none: its haystack names none that is known", "trajectories")
    kind = text(row, "question_type")
    answer = text(row, "answer")
    question = row.get("question")
    asks: Row = question if isinstance(question, dict) else row
    asked = SampleQuestion(
        id=optional(row, "id") or str(index),
        question=text(asks, "question" if asks is row else "text"),
        answers=(answer,),
        evidence=holders(spoken(units), [answer]),
        category=kind,
        unranked="abstention" if "-abs" in kind or "abstention" in eval_function else "",
    )
    return Sample(asked.id, units, (asked,))


def _units(row: Row) -> Iterator[Unit]:
    for at, trajectory in enumerate(items(row, "trajectories")):
        if trajectory is None:
            raise SchemaMismatch("is in the haystack and not in the file", f"trajectories[{at}]")
        told = as_row(trajectory, f"trajectories[{at}]")
        name = text(told, "id")
        goal = optional(told, "goal")
        for place, state in enumerate(rows(told, "states")):
            yield Unit(f"{name}_{place}", _state(state), title=goal, session=name)


def _state(state: Row) -> str:
    """What a state shows and what was thought and done there."""
    thought = optional(state, "thoughts") or optional(state, "thought")
    page = optional(state, "accessibility_tree") or optional(state, "text")
    url, action = optional(state, "url"), optional(state, "action")
    parts = {"URL": url, "Thought": thought, "Action": action, "Page": page}
    return "\n".join(f"{name}: {said}" for name, said in parts.items() if said)
