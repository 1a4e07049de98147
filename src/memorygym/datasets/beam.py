"""beam: very long chats with an assistant and questions of ten memory abilities (BEAM)."""

from ast import literal_eval
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row, as_row, each, field, optional, said, shown, text, under
from memorygym.datasets._files import FileRecord, records
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit

_CHAT, _PROBES = "chat.json", Path("probing_questions") / "probing_questions.json"
_ANSWERS = ("answer", "ideal_answer", "ideal_response", "ideal_summary", "expected_compliance")


class BeamTurn(NamedTuple):
    """A message and where it stands."""

    message: Row
    plan: str
    """Of a chat of 10M tokens, whose plans number their messages anew."""
    batch: int
    date: str


def make() -> Format:
    return Format(
        source="https://github.com/mohammadtavakoli78/BEAM (chats/, src/beam/download_dataset.py):"
        " folders with chat.json and probing_questions/probing_questions.json, or rows of"
        " https://huggingface.co/datasets/Mohammadta/BEAM as JSON (chat, probing_questions).",
        licence="CC BY-SA 4.0 (not looked up)",
        evidence="published: source_chat_ids, by turn; none for abstention",
        units=("turn", "session"),
        marks=frozenset({"chat", "probing_questions"}),
        sample=sample,
        records=chats,
    )


def chats(path: Path) -> Iterator[FileRecord]:
    """The chats of a folder, of a folder of such, or the rows of a file."""
    if path.is_dir() and not (path / _CHAT).is_file():
        inner = sorted(path.glob(f"*/{_CHAT}"), key=lambda chat: (len(chat.parent.name), chat))
        for at, chat in enumerate(inner):
            yield _chat(chat.parent, at)
    elif path.is_dir() or path.name == _CHAT:
        yield _chat(path if path.is_dir() else path.parent, 0)
    else:
        yield from records(path)


def _chat(folder: Path, index: int) -> FileRecord:
    """A folder as the row that the other form has."""
    chat, probes = list(records(folder / _CHAT)), list(records(folder / _PROBES))
    for one, name in ((chat, _CHAT), (probes, str(_PROBES))):
        if problem := next((record.problem for record in one if record.problem), ""):
            return FileRecord(index, str(folder), None, f"{name} {problem}")
    value = {
        "conversation_id": folder.name,
        "chat": [record.value for record in chat],
        "probing_questions": probes[0].value if probes else {},
    }
    return FileRecord(index, str(folder), value)


def sample(row: Row, index: int) -> Sample:
    """A chat and its questions."""
    units = tuple(_units(row))
    name = optional(row, "conversation_id") or str(index)
    probes = field(row, "probing_questions")
    if isinstance(probes, str):
        probes = _literal(probes)
    asked: list[SampleQuestion] = []
    by_ability = as_row(probes, "probing_questions")
    with under("probing_questions"):
        for ability in by_ability:
            asked += each(by_ability, ability, partial(_asked, name, ability))
    return Sample(name, units, tuple(asked))


def _literal(probes: str) -> object:
    """The questions of the Hugging Face copy, which has them as the text of a Python literal."""
    try:
        return literal_eval(probes)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise SchemaMismatch(f"is {shown(probes)}, not an object", "probing_questions") from None


def _units(row: Row) -> Iterator[Unit]:
    last, shift, plan = -1, 0, ""
    for turn in _turns(field(row, "chat"), "", "chat"):
        if turn.plan != plan:
            plan, shift = turn.plan, last + 1 if last >= 0 else 0
        number = field(turn.message, "id")
        if not isinstance(number, int):
            raise SchemaMismatch(f"is {shown(number)}, not a whole number", "chat: id")
        last = max(last, number + shift)
        yield Unit(
            id=str(number + shift),
            text=said(turn.message, "content"),
            session=f"{plan} {turn.batch}".strip(),
            date=turn.date,
            speaker=text(turn.message, "role"),
        )


def _turns(value: object, plan: str, place: str) -> Iterator[BeamTurn]:
    """The messages of a list of plans, of batches, or of lists of messages."""
    if not isinstance(value, list):
        raise SchemaMismatch(f"is {shown(value)}, not a list", place)
    for at, item in enumerate(value):
        here = f"{place}[{at}]"
        match item:
            case {"turns": list() as turns}:
                date = optional(item, "time_anchor")
                yield from (BeamTurn(one, plan, at, date) for one in _messages(turns, here))
            case list():
                yield from (BeamTurn(one, plan, at, "") for one in _messages(item, here))
            case dict():
                for name, inner in item.items():
                    if inner is not None:
                        yield from _turns(inner, str(name), f"{place}.{name}")
            case _:
                raise SchemaMismatch(f"is {shown(item)}, not a batch", here)


def _messages(turns: list[object], place: str) -> Iterator[Row]:
    for turn in turns:
        if isinstance(turn, list):
            yield from _messages(turn, place)
        else:
            yield as_row(turn, place)


def _asked(chat: str, ability: str, probe: Row, at: int) -> SampleQuestion:
    answer = next((optional(probe, key) for key in _ANSWERS if optional(probe, key)), "")
    if not answer:
        raise SchemaMismatch(f"has none of {', '.join(_ANSWERS)}")
    return SampleQuestion(
        id=f"{chat}-{ability}-{at}",
        question=text(probe, "question"),
        answers=(answer,),
        evidence=tuple(dict.fromkeys(map(str, _flat(probe.get("source_chat_ids"))))),
        category=ability,
        unranked="abstention" if ability == "abstention" else "",
    )


def _flat(value: object) -> Iterator[object]:
    """The ids in lists and objects of lists."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif value is not None:
        yield value
