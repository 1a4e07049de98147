"""Benchmark of generating and checking instances, and of recall: `python benchmarks/instances.py`.

`--longest` adds an instance of 10 million tokens of each track, which takes minutes. One process,
one core. The machine is shared: compare rows of one run, not of two.
"""

import argparse
import json
import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from memorygym.core.rng import named_rng
from memorygym.core.track import TaskOptions, find
from memorygym.datasets._recall import index_of, measure
from memorygym.datasets._samples import load

TRACKS = ("research", "codeqa")
SHORT, LONG = "100k", "10M"
GOALS = {SHORT: 3.0, LONG: 300.0}
"""Goals: seconds to generate and check an instance."""
MEMORY = 1024
"""Goal: most MiB of the process after the longest instance."""
SESSIONS, TURNS, QUESTIONS, CONVERSATIONS = 20, 30, 200, 10
"""The size of LoCoMo: 6,000 turns and 2,000 questions."""
RECALL = 10.0


def generation_seconds(track: str, tokens: str) -> float:
    """Seconds of CPU to generate and check one instance."""
    (recipe,) = find(track).tasks(TaskOptions(range(1), parameters={"tokens": tokens}))
    start = process_time()
    recipe.generate()
    return process_time() - start


def conversations(path: Path) -> None:
    """Writes a file in LoCoMo's format whose turns are made-up words."""
    stream = named_rng("benchmark", "locomo")
    words = ["".join(stream.choice("bcdfglmnprst") + stream.choice("aeiou") for _ in range(3))
             for _ in range(3_000)]  # fmt: skip
    samples = []
    for number in range(CONVERSATIONS):
        conversation: dict[str, object] = {"speaker_a": "Ann", "speaker_b": "Ben"}
        ids: list[tuple[str, list[str]]] = []
        for session in range(1, SESSIONS + 1):
            conversation[f"session_{session}_date_time"] = f"1:00 pm on {session} May, 2023"
            turns = []
            for turn in range(1, TURNS + 1):
                text = [stream.choice(words) for _ in range(20)]
                ids.append((f"D{session}:{turn}", text))
                turns.append({"dia_id": ids[-1][0], "speaker": "Ann", "text": " ".join(text)})
            conversation[f"session_{session}"] = turns
        facts = [stream.choice(ids) for _ in range(QUESTIONS)]
        asked = [
            {"question": " ".join(text[:6]), "answer": text[7], "evidence": [id], "category": 4}
            for id, text in facts
        ]
        samples.append({"sample_id": str(number), "conversation": conversation, "qa": asked})
    path.write_text(json.dumps(samples))


def recall_seconds() -> float:
    """Seconds of CPU for evidence recall with bm25 on such a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "locomo10.json"
        conversations(path)
        start = process_time()
        measurement = measure(load("locomo", path), index_of("bm25"), 50)
        assert len(measurement.searched) == CONVERSATIONS * QUESTIONS
        return process_time() - start


def row(name: str, measured: float, goal: float, unit: str) -> None:
    """One line of the table."""
    print(f"{name:<46}{measured:>10.2f} {unit:<5}{goal:>8.0f}{goal / measured:>10.1f}", flush=True)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--longest", action="store_true", help=f"instances of {LONG} tokens too")
    lengths = [SHORT, LONG] if parser.parse_args().longest else [SHORT]
    print(f"{'one core':<46}{'measured':>10}{'':<6}{'goal':>8}{'of goal':>10}")
    for tokens in lengths:
        for track in TRACKS:
            took = generation_seconds(track, tokens)
            row(f"{track}, {tokens} tokens, generated and checked", took, GOALS[tokens], "s")
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            if tokens == LONG:
                row(f"{track}, {tokens} tokens, most memory", peak, MEMORY, "MiB")
    row("evidence recall, bm25, as large as LoCoMo", recall_seconds(), RECALL, "s")


if __name__ == "__main__":
    main()
