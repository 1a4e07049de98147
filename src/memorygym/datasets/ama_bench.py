"""ama_bench: questions about the steps of an agent's trajectory (AMA-Bench)."""

import re
from functools import partial

from memorygym.datasets._fields import Row, check_distinct, optional, read_each, text, texts
from memorygym.datasets._samples import Format, Sample, SampleQuestion, Unit

_STEP = re.compile(r"\bsteps?\s+(\d+)(?:\s*(?:to|and|-|–)\s*(?:step\s+)?(\d+))?", re.IGNORECASE)


def make() -> Format:
    return Format(
        source="https://github.com/AMA-Bench/AMA-Bench (src/memory_interface.py, src/evaluate.py)"
        " and the columns of https://huggingface.co/datasets/AMA-bench/AMA-bench: episode_id, task,"
        " task_type, domain, trajectory (turn_idx, action, observation), qa_pairs (question,"
        " answer, type). What else a pair holds, and the multiple-choice set, could not be looked"
        " up.",
        licence="MIT",
        evidence="relevant_turn_indices where a pair has them, else the steps that the question"
        " and its answer name (as the repository's add_qa_answer_ids.py finds them)",
        units=("turn",),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """A trajectory and its questions."""
    units = read_each(row, "trajectory", _unit)
    check_distinct([unit.id for unit in units], "trajectory")
    name = optional(row, "episode_id") or str(index)
    return Sample(name, units, read_each(row, "qa_pairs", partial(_question, name)))


def _question(name: str, pair: Row, index: int) -> SampleQuestion:
    return SampleQuestion(
        id=f"{name}-{index}",
        question=text(pair, "question"),
        answers=(text(pair, "answer"),),
        evidence=tuple(dict.fromkeys(texts(pair, "relevant_turn_indices") or _named(pair))),
        category=optional(pair, "type") or "unknown",
    )


def _unit(step: Row, index: int) -> Unit:
    number = optional(step, "turn_idx") or str(index)
    action, observation = optional(step, "action"), optional(step, "observation")
    return Unit(number, f"Action: {action}\nObservation: {observation}", title=f"Step {number}")


def _named(pair: Row) -> list[str]:
    """The numbers of the steps that a question and its answer name, with all steps of a range.

    >>> _named({"question": "What changed between step 2 and step 4?", "answer": "At Step 9, all."})
    ['2', '3', '4', '9']
    """
    steps: set[int] = set()
    for first, last in _STEP.findall(f"{optional(pair, 'question')}\n{optional(pair, 'answer')}"):
        steps |= set(range(int(first), int(last or first) + 1))
    return [str(step) for step in sorted(steps)]
