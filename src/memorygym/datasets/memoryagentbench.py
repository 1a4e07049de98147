"""memoryagentbench: a long context that is shown once, and many questions (MemoryAgentBench)."""

from memorygym.core.json_types import SchemaMismatch
from memorygym.core.tokens import count
from memorygym.datasets._fields import Row, as_row, items, optional, quoted, text, texts
from memorygym.datasets._samples import (
    Format,
    Sample,
    SampleQuestion,
    Unit,
    normalised_units,
    units_with_answer,
)
from memorygym.memories.stores.splitter import passages

SIZE = 512
"""Most tokens of a unit: the context is split at blank lines, then at the ends of sentences."""


def make() -> Format:
    return Format(
        source="https://huggingface.co/datasets/ai-hyz/MemoryAgentBench (dataset card) and"
        " https://github.com/HUST-AI-HYZ/MemoryAgentBench (conversation_creator.py): context,"
        " questions, answers (a list each), metadata (source, qa_pair_ids, question_types, ...). It"
        " is published as Parquet; rows as JSON are read here.",
        licence="MIT",
        evidence="derived: the at most 3 paragraphs that hold an answer word for word",
        units=("paragraph",),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """A context and its questions."""
    parts = passages(text(row, "context"), SIZE, count)
    units = [Unit(str(number), part) for number, part in enumerate(parts, 1)]
    normalised = normalised_units(units)
    questions, answers = texts(row, "questions"), items(row, "answers")
    if len(questions) != len(answers):
        raise SchemaMismatch(
            f"has {len(answers)} answers for {len(questions)} questions", "answers"
        )
    metadata = as_row(row.get("metadata") or {}, "metadata")
    source = optional(metadata, "source") or "unknown"
    types, ids = texts(metadata, "question_types"), texts(metadata, "qa_pair_ids")
    sample_questions = []
    for position, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        accepted = texts({"answer": answer}, "answer")
        if not accepted:
            raise SchemaMismatch(f"is {quoted(answer)}, not an answer", f"answers[{position}]")
        sample_questions.append(
            SampleQuestion(
                id=ids[position] if position < len(ids) else f"{index}-{position}",
                question=question,
                answers=accepted,
                evidence=units_with_answer(normalised, accepted),
                category=types[position] if position < len(types) else source,
            )
        )
    return Sample(f"{source}-{index}", tuple(units), tuple(sample_questions))
