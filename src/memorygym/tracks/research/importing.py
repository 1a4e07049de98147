"""Instances of MemGym's own schema, read leniently: what is missing is filled in, what is wrong
is named."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from memorygym.errors import BadSettings
from memorygym.tracks.research.dealing.questions import SYSTEM, memory_files

_TEXT = {"type": "string"}
_TRUTH = {"type": "string", "pattern": r"\S"}
_WHOLE = {"type": "integer"}


def _records(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    item = {"type": "object", "properties": dict(properties), "required": list(required)}
    return {"type": "array", "items": item}


_LOOSE = {
    "type": "object",
    "required": ["question", "answer", "turns"],
    "properties": {
        "instance_id": _TEXT,
        "question": _TRUTH,
        "answer": _TRUTH,
        "aliases": {"type": "array", "items": _TEXT},
        "num_hops": _WHOLE,
        "decomposition": _records({"sub_question": _TEXT, "sub_answer": _TEXT}),
        "turns": {
            **_records(
                {
                    "turn_index": _WHOLE,
                    "sub_query": _TEXT,
                    "documents": _records(
                        {"title": _TEXT, "text": _TEXT, "is_supporting": {"type": "boolean"}},
                        "text",
                    ),
                },
                "documents",
            ),
            "minItems": 1,
        },
        "grounding_facts": _records(
            {
                "fact_id": _TEXT, "content": _TRUTH, "source_paragraph_title": _TEXT,
                "subject": _TEXT, "key": _TEXT, "value": _TEXT,
            },
            "content",
        ),
        "distractors": _records({"content": _TEXT}),
        "memory_files": {"type": "object", "additionalProperties": _TEXT},
        "reveal_mode": {"enum": ["immediate", "delayed"]},
        "eviction_policy": {
            "type": "object",
            "properties": {
                "mode": {"enum": ["full_eviction", "sliding_window"]},
                "window_size": {"type": "integer", "minimum": 1},
            },
        },
        "rubric": {"type": "object"},
    },
}  # fmt: skip
_EMPTY: dict[str, Any] = {
    "base_instance": "", "source_dataset": "", "aliases": [], "decomposition": [],
    "grounding_facts": [], "distractors": [], "gold_supporting_paragraphs": [],
    "contradictions": [], "transforms_applied": [], "difficulty_preset": "",
    "reveal_mode": "delayed", "memory_required_facts": [], "context_tokens": {}, "knobs": {},
    "start_entities": [], "answer_form": "the answer alone", "verification": {}, "rubric": {},
    "system": SYSTEM,
}  # fmt: skip


def imported(raw: Mapping[str, Any], place: str = "instance") -> dict[str, Any]:
    """The instance with every field of the schema; facts without subject, key and value stay so.

    Raises BadSettings with the field that is missing or of another type.

    >>> imported({"question": "Who?", "answer": "Ann", "turns": []}, "row 3")
    Traceback (most recent call last):
    memorygym.errors.BadSettings: row 3.turns must contain at least 1 items
    """
    _check(raw, place)
    made = deepcopy({**_EMPTY, **raw})
    made["original_question"] = raw.get("original_question") or made["question"]
    made["turns"] = [_turn(at, turn) for at, turn in enumerate(made["turns"])]
    made["grounding_facts"] = [
        {"fact_id": f"f{at}", "source_paragraph_title": "", **fact}
        for at, fact in enumerate(made["grounding_facts"], 1)
    ]
    made["num_hops"] = raw.get("num_hops") or len(made["decomposition"]) or 1
    policy = {"mode": "full_eviction", "window_size": 1, **made.get("eviction_policy", {})}
    # The original's default window counts for full eviction too; nothing outlives a turn there.
    policy["window_size"] = policy["window_size"] if policy["mode"] == "sliding_window" else 1
    made["eviction_policy"] = policy
    turns = [(turn["sub_query"], [*map(_paragraph, turn["documents"])]) for turn in made["turns"]]
    # The texts as our events show them; the original's own rendering has no headers.
    made["memory_files"] = memory_files(turns, made["reveal_mode"], policy["window_size"])
    made.setdefault("instance_id", place)
    return made


def _check(raw: Mapping[str, Any], place: str) -> None:
    import fastjsonschema

    try:
        _compiled()(raw)
    except fastjsonschema.JsonSchemaValueException as error:
        raise BadSettings(str(error).replace("data", place, 1)) from None


@cache
def _compiled() -> Any:
    import fastjsonschema

    return fastjsonschema.compile(_LOOSE, use_default=False)


def _turn(at: int, turn: Mapping[str, Any]) -> dict[str, Any]:
    documents = [{"title": "", "is_supporting": False, **one} for one in turn["documents"]]
    filled = {"sub_query": "", "sub_answer": "", "is_red_herring": False}
    return {**filled, **turn, "turn_index": at, "documents": documents}


def _paragraph(document: Mapping[str, Any]) -> str:
    """A document under its title, without blank lines, so that it is one paragraph."""
    text = "\n".join(line for line in document["text"].splitlines() if line.strip())
    title = document["title"]
    titled = not title or text.split("\n", 1)[0] in (title, f"[{title}]")
    return text if titled else f"[{title}]\n{text}"
