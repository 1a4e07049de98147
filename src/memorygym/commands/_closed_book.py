"""What a language model knows of instances that it was not shown: their questions, asked alone."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from memorygym.commands._model import THREADS
from memorygym.core import JSON, Message
from memorygym.instances.checking import File
from memorygym.instances.files import read_instance
from memorygym.instances.marking import right
from memorygym.instances.model import Gold, Question
from memorygym.instances.schemas import dealing_tracks, track_of
from memorygym.models.model import Model, sound
from memorygym.models.naming import find
from memorygym.runs.executors import over_threads
from memorygym.stats import clustered_share, wilson

SYSTEM = (
    "Answer the question from what you know. The texts that it is about are not shown to you. If"
    " you do not know, give your best guess. Reply with the answer alone."
)


def prompt(question: str) -> list[Message]:
    """What the model reads."""
    return [Message("system", SYSTEM), Message("user", question)]


def closed_book(args: argparse.Namespace, files: Sequence[File]) -> JSON:
    """How often the model is right, with the 95 % interval, clustered by instance.

    Raises ProviderFailure if it does not answer.
    """
    model = find(args.llm, args.api_base)
    asked = [(file.name, q) for file in files for q in _questions(file.folder / file.name)]
    tries = [(name, q, model.sample(k)) for name, q in asked for k in range(args.samples)]
    told: dict[str, list[bool]] = {}
    for (name, _, _), is_right in zip(tries, over_threads(_ask, tries, THREADS), strict=True):
        told.setdefault(name, []).append(is_right)
    trials = sum(map(len, told.values()))
    if not trials:
        return "not run"
    hits = sum(map(sum, told.values()))
    # One instance has no spread of its own: its samples are taken as they are.
    many = clustered_share(list(told.values())) if len(told) > 1 else None
    low, high = (many.low, many.high) if many else wilson(hits, trials)
    return {
        "model": str(model.describe()["name"]),
        "samples": args.samples,
        "asked": trials,
        "right": hits,
        "share": round(hits / trials, 6),
        "interval": [round(low, 6), round(high, 6)],
    }


def _questions(path: Path) -> Iterator[Question]:
    instance = read_instance(path)
    track = dealing_tracks()[track_of(instance, str(path))]
    gold = track.task(instance, "closed-book", 0).gold
    assert isinstance(gold, Gold)
    yield from gold.questions


def _ask(one: tuple[str, Question, Model]) -> bool:
    _, question, model = one
    return right(question, sound(model.complete(prompt(question.text), ())).message.content)
