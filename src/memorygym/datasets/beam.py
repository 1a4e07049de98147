"""beam: very long chats with an assistant and questions of ten memory abilities (BEAM)."""

from ast import literal_eval
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from memorygym.core.json_types import SchemaMismatch, from_json
from memorygym.datasets._fields import Row, as_row, field, optional, quoted, read_each, text, under
from memorygym.datasets._files import FileRecord, records
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit

_CHAT, _PROBES = "chat.json", Path("probing_questions") / "probing_questions.json"
_ANSWERS = ("answer", "ideal_answer", "ideal_response", "ideal_summary", "expected_compliance")
Turn = tuple[Row, str, int, str]
"""A message, its plan (in a chat of 10M tokens, where message numbers restart in every plan), its
batch and its date."""


def make() -> Format:
    return Format(
        source="https://github.com/mohammadtavakoli78/BEAM (chats/, src/beam/download_dataset.py):"
        " folders with chat.json and probing_questions/probing_questions.json, or rows of"
        " https://huggingface.co/datasets/Mohammadta/BEAM as JSON (chat, probing_questions).",
        licence="CC BY-SA 4.0 (not looked up)",
        evidence="published: source_chat_ids, by turn; none for abstention",
        units=("turn", "session"),
        sample=sample,
        records=chats,
    )


def chats(path: Path) -> Iterator[FileRecord]:
    """The chats of a folder, of a folder of folders, or the rows of a file."""
    if path.is_dir() and not (path / _CHAT).is_file():
        chat_files = sorted(path.glob(f"*/{_CHAT}"), key=lambda chat: (len(chat.parent.name), chat))
        for index, chat in enumerate(chat_files):
            yield _chat(chat.parent, index)
    elif path.is_dir() or path.name == _CHAT:
        yield _chat(path if path.is_dir() else path.parent, 0)
    else:
        yield from records(path)


def _chat(folder: Path, index: int) -> FileRecord:
    """The row of the JSON form, made from a folder."""
    chat, probes = list(records(folder / _CHAT)), list(records(folder / _PROBES))
    for file_records, name in ((chat, _CHAT), (probes, str(_PROBES))):
        if problem := next((record.problem for record in file_records if record.problem), ""):
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
    questions: list[SampleQuestion] = []
    by_ability = as_row(probes, "probing_questions")
    with under("probing_questions"):
        for ability in by_ability:
            questions += read_each(by_ability, ability, partial(_question, name, ability))
    return Sample(name, units, tuple(questions))


def _literal(probes: str) -> object:
    """The questions of the Hugging Face copy, which stores them as a Python literal."""
    try:
        return literal_eval(probes)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise SchemaMismatch(f"is {quoted(probes)}, not an object", "probing_questions") from None


def _units(row: Row) -> Iterator[Unit]:
    last, shift, previous = -1, 0, ""
    for message, plan, batch, date in _turns(field(row, "chat"), "", "chat"):
        if plan != previous:
            previous, shift = plan, last + 1
        number = from_json(int, field(message, "id"), "chat: id")
        last = max(last, number + shift)
        yield Unit(
            id=str(number + shift),
            text=text(message, "content", empty=True),
            session=f"{plan} {batch}".strip(),
            date=date,
            speaker=text(message, "role"),
        )


def _turns(value: object, plan: str, place: str) -> Iterator[Turn]:
    """The messages of a list of plans, of batches, or of lists of messages."""
    for index, item in enumerate(from_json(list[object], value, place)):
        item_place = f"{place}[{index}]"
        match item:
            case {"turns": list() as turns} | (list() as turns):
                date = optional(item, "time_anchor") if isinstance(item, dict) else ""
                for message in _flat(turns):
                    yield as_row(message, item_place), plan, index, date
            case dict():
                for name, inner in item.items():
                    if inner is not None:
                        yield from _turns(inner, str(name), f"{place}.{name}")
            case _:
                raise SchemaMismatch(f"is {quoted(item)}, not a batch", item_place)


def _question(chat: str, ability: str, probe: Row, index: int) -> SampleQuestion:
    answer = next((optional(probe, key) for key in _ANSWERS if optional(probe, key)), "")
    if not answer:
        raise SchemaMismatch(f"has none of {', '.join(_ANSWERS)}")
    named = probe.get("source_chat_ids")  # A list, or an object of lists.
    ids = _flat([*named.values()] if isinstance(named, dict) else named)
    return SampleQuestion(
        id=f"{chat}-{ability}-{index}",
        question=text(probe, "question"),
        answers=(answer,),
        evidence=tuple(dict.fromkeys(map(str, ids))),
        category=ability,
        unranked="abstention" if ability == "abstention" else "",
    )


def _flat(value: object) -> Iterator[object]:
    """The items of nested lists."""
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif value is not None:
        yield value
