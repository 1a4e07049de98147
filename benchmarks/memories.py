"""Benchmark of storing and composing by memories: `python benchmarks/memories.py [MEMORY ...]`.

Every memory without tools holds 10,000 entries, sentences of one generated task. The goals are for
the lexical memories; other rows are for information. The machine is shared: compare rows of one
run, not of two; the CPU column leaves out the time of waiting for other programs.
"""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from statistics import median
from time import perf_counter, thread_time

from memorygym.core import registry
from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import BadSettings
from memorygym.core.tokens import words
from memorygym.core.types import Budget, Memory, Message
from memorygym.memories.stores.search.fulltext import STOP_WORDS
from memorygym.memories.stores.splitter import headed, sentences
from memorygym.models.extractive import write
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import Sizes

ENTRIES = 10_000
LAST = 1_000
"""The number of last entries that are timed."""
CONTENT_WORDS = 8
VIEW = 1_000
PATIENCE = 60.0
"""Seconds after which a memory is timed with the entries that it holds by then."""
LEXICAL = ("bm25", "hybrid", "memorybank-lite", "naive_rag")
OBSERVE, COMPOSE = 0.3, 5.0
"""The goals in milliseconds."""


def texts() -> tuple[list[str], list[str]]:
    """Entries, and short questions about them."""
    task = generate("company", 0, sizes=Sizes(entities=700))
    documents = [event.text for event in task.events if event.kind == "documents"]
    parts = [headed(part)[1] for text in documents for part in text.split("\n\n")]
    asked = [event.text.split("\n")[1] for event in task.events if event.kind == "question"]
    short = [text for text in asked if len(words(text.lower()) - STOP_WORDS) <= CONTENT_WORDS]
    return [sentence for part in parts for sentence in sentences(part)][:ENTRIES], short[:25]


def compose_time(memory: Memory, tracker: BudgetTracker, question: str) -> tuple[float, float]:
    """Milliseconds to compose the context of a question: elapsed, and of the CPU."""
    tracker.unread_texts.append(question)
    live = (Message("user", question),)
    memory.observe(live)
    start, begun = perf_counter(), thread_time()
    memory.compose(live, VIEW)
    return 1000 * (perf_counter() - start), 1000 * (thread_time() - begun)


def store_times(memory: Memory, tracker: BudgetTracker, entries: Sequence[str]) -> list[float]:
    """Milliseconds to store each entry."""
    times: list[float] = []
    begun = perf_counter()
    for text in entries:
        tracker.unread_texts.append(text)
        message = (Message("user", text),)
        start = perf_counter()
        memory.observe(message)
        times.append(1000 * (perf_counter() - start))
        if perf_counter() - begun > PATIENCE:
            break
    return times


def row(name: str, entries: Sequence[str], questions: Sequence[str]) -> None:
    """One line of the table."""
    memory: Memory = registry.make("memory", name)
    if memory.tools:
        return
    tracker = BudgetTracker(Budget())
    memory.open(tracker.context(write))
    times = store_times(memory, tracker, entries)
    observe = median(times[-LAST:])
    taken = [compose_time(memory, tracker, text) for text in questions]
    compose, cpu = (median(column) for column in zip(*taken, strict=True))
    line = f"{name:<24}{len(times):>8,}{observe:>12.3f}{compose:>12.2f}{cpu:>10.2f}"
    if name.partition(":")[0] in LEXICAL:
        line += f"{OBSERVE / observe:>10.1f}{COMPOSE / compose:>10.1f}"
    print(line, flush=True)


def main() -> None:
    """Prints the table."""
    entries, questions = texts()
    print(f"numpy: {'yes' if find_spec('numpy') else 'no'}; goals: {OBSERVE} and {COMPOSE} ms")
    heads = f"{'':<24}{'entries':>8}{'observe ms':>12}{'compose ms':>12}{'its CPU':>10}"
    print(f"{heads}{'of goal':>10}{'of goal':>10}")
    for name in sys.argv[1:] or registry.names("memory"):
        try:
            row(name, entries, questions)
        except BadSettings as error:
            print(f"{name:<24} left out: {error}")


if __name__ == "__main__":
    main()
