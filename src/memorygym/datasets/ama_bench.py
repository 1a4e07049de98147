"""ama_bench: questions about the steps of an agent's trajectory (AMA-Bench)."""

import re
from functools import partial

from memorygym.datasets._fields import Row, distinct, each, optional, text, texts
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
        marks=frozenset({"trajectory", "qa_pairs"}),
        sample=sample,
    )


def sample(row: Row, index: int) -> Sample:
    """A trajectory and its questions."""
    units = each(row, "trajectory", _unit)
    distinct([unit.id for unit in units], "trajectory")
    name = optional(row, "episode_id") or str(index)
    return Sample(name, units, each(row, "qa_pairs", partial(_asked, name)))


def _asked(name: str, pair: Row, at: int) -> SampleQuestion:
    return SampleQuestion(
        id=f"{name}-{at}",
        question=text(pair, "question"),
        answers=(text(pair, "answer"),),
        evidence=tuple(dict.fromkeys(texts(pair, "relevant_turn_indices") or _named(pair))),
        category=optional(pair, "type") or "unknown",
    )


def _unit(step: Row, at: int) -> Unit:
    number = optional(step, "turn_idx") or str(at)
    done, seen = optional(step, "action"), optional(step, "observation")
    return Unit(number, f"Action: {done}\nObservation: {seen}", title=f"Step {number}")


def _named(pair: Row) -> list[str]:
    """The steps that a question and its answer name, all of a span.

    >>> _named({"question": "What changed between step 2 and step 4?", "answer": "At Step 9, all."})
    ['2', '3', '4', '9']
    """
    steps: set[int] = set()
    for first, last in _STEP.findall(f"{optional(pair, 'question')}\n{optional(pair, 'answer')}"):
        steps |= set(range(int(first), int(last or first) + 1))
    return [str(step) for step in sorted(steps)]
