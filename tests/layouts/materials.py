"""What layouts render in each track, and how the track reads it again."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from memorygym.core.json_values import thaw
from memorygym.core.statements import FORMER, FactReader, Statement, StatementIndex
from memorygym.core.track import TaskOptions
from memorygym.core.types import Task
from memorygym.runs import tasks
from memorygym.tracks.codeqa.code_reader import IMPORTED, module_name
from memorygym.tracks.codeqa.fact_reader import TextReader, read
from memorygym.tracks.codeqa.names import type_of
from memorygym.tracks.dialogue.fact_reader import reader_for
from memorygym.tracks.dialogue.generator import DialogueRecipe
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from tests.episodes import generated
from tests.layouts.blocks import Block, Item
from tests.layouts.tasks import (
    current_facts,
    dialogue_blocks,
    generated_research,
    month_text,
    research_blocks,
    shown_research,
    shown_session,
    shown_world,
    world_blocks,
    world_facts,
)
from tests.tracks.codeqa.instances import generated as generated_code
from tests.tracks.codeqa.instances import texts_of

CASES = Path(__file__).parents[1] / "cases"
Facts = Mapping[tuple[str, ...], object]
Layout = Callable[[Sequence[Block]], str]


@dataclass(frozen=True)
class Material:
    """Facts of one task, as blocks."""

    blocks: Sequence[Block]
    wanted: Facts
    """What the blocks state."""
    read: Callable[[str], Facts]
    """What a text states that was made from them."""
    true: Facts
    """All that the task states: none of it is wrong."""

    def counts(self, layout: Layout) -> tuple[int, int, int]:
        """The numbers of facts that a layout states, that are read of it, and read wrongly."""
        found = self.read(layout(self.blocks))
        right = sum(found.get(key) == value for key, value in self.wanted.items())
        wrong = sum(
            self.wanted.get(key) != value and self.true.get(key) != value
            for key, value in found.items()
        )
        return len(self.wanted), right, wrong


@cache
def worlds(template: str) -> Material:
    system, facts = shown_world(template)
    reader = strong_reader(system, generated(template).texts)
    wanted = world_facts(facts, reader.guide)
    return Material(
        world_blocks(reader.guide, facts),
        wanted,
        lambda text: world_facts(reader.read(text), reader.guide),
        wanted,
    )


@cache
def research(_: str = "", *, without_sources: bool = False) -> Material:
    stated = shown_research()
    wanted = current_facts(stated)
    if without_sources:
        stated = tuple(s for s in stated if wanted.get(s[:2]) == s.value)
    reader = ResearchReader(generated_research())
    return Material(
        research_blocks(stated), wanted, lambda text: current_facts(reader.read(text)), wanted
    )


@cache
def dialogue(template: str) -> Material:
    desk, stated = shown_session(template)
    script = tuple(thaw(DialogueRecipe(template, 0).generate().state["script"]))
    reader, wanted = reader_for(template, script), current_facts(stated)
    return Material(
        dialogue_blocks(desk, stated), wanted, lambda text: current_facts(reader.read(text)), wanted
    )


_LABELS = {
    "file": "module", "value": "value", "base": "parent class", "raises": "exception raised",
    "source": "code", "rows": "row cap", "breaks": "breakage", "setting": "trigger",
    "exception": "ending", "culprit": "culprit", "items": "item cap", "plan": "plan",
    "memory": "memory cap", "default": "default of {}", "argument": "argument {}",
}  # fmt: skip
_KINDS = {"source": "code", "file": "text", "plan": "text"} | dict.fromkeys(
    ("base", "raises", "setting", "exception", "culprit"), "entity"
)
EACH = 24
"""Facts of code that a text of notes holds besides the needed ones."""


def code_block(statement: Statement) -> Block:
    key, _, name = statement.key.partition(":")
    is_former = statement.role == FORMER
    qualifier = "superseded" if is_former else "by an import" * (statement.rank == IMPORTED)
    if key in ("calls", "reads"):
        item = Item(key, name, "relation", qualifier)
    else:
        kind = _KINDS.get(key, "int" if statement.text.isdigit() else "text")
        item = Item(_LABELS[key].format(name), statement.text, kind, qualifier)
    date = ""
    if statement.rank[0] == 2:
        year, month, day, hour, minute = statement.rank[1:]
        date = f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}"
    return Block(statement.subject, type_of(statement.subject), (item,), date)


@cache
def shown_code(form: str) -> tuple[tuple[str, ...], tuple[Statement, ...], tuple[Statement, ...]]:
    """The texts of a task, all that they state, and what a text of notes holds of it."""
    task = generated_code(form=form)
    texts = tuple(texts_of(task))
    every = [s for text in texts for s in read(text)]
    distinct = [s for s in dict.fromkeys(every) if s.subject != s.value]
    needed = {(fact.subject, fact.key) for fact in task.gold.needs}
    needed |= {s[:2] for s in distinct if s.rank[0] != 1 and s.rank != (0,)}
    others = [s for s in distinct if s[:2] not in needed]
    needed |= {s[:2] for s in others[:: len(others) // EACH]}
    return texts, tuple(every), tuple(s for s in distinct if s[:2] in needed)


def current_code(statements: Iterable[Statement]) -> dict[tuple[str, ...], object]:
    statements = tuple(statements)
    known = StatementIndex(statements)
    keys = dict.fromkeys(statement[:2] for statement in statements)
    return {key: found.value for key in keys if (found := known.get(*key))}


@cache
def codeqa(form: str, *, without_code: bool = False) -> Material:
    texts, every, noted = shown_code(form)
    wanted, reader = current_code(noted), TextReader(texts)
    if without_code:
        noted = tuple(s for s in noted if s.key != "source" and wanted.get(s[:2]) == s.value)
        wanted = current_code(noted)
    return Material(
        [code_block(statement) for statement in noted],
        wanted,
        lambda text: current_code(reader.read(text)),
        current_code(every),
    )


BOUNDS = {"worlds": (0.90, 0.003), "research": (0.80, 0.005), "codeqa": (0.80, 0.005),
          "dialogue": (0.80, 0.005)}  # fmt: skip
"""By track: the least share of facts that is read of layouts written blind, all together, and the
largest that is read wrongly."""


def materials(track: str, *, plain: bool = False) -> list[Material]:
    """The materials of a track; plain ones hold no code, and no facts that another outranks."""
    match track:
        case "worlds":
            return [worlds(template) for template in ("company", "city", "codebase")]
        case "research":
            return [research(without_sources=plain)]
        case "codeqa":
            return [codeqa("mixed", without_code=plain)]
    return [dialogue(template) for template in ("retail", "telecom")]


@cache
def task_of(track: str, seed: int, template: str = "") -> Task:
    options = {"template": template, "tier": "lite"} if template else {}
    found = tasks.generated(track, TaskOptions(range(seed, seed + 1), "", options))
    return found.recipes[0].generate()


def notes(name: str) -> Iterator[dict[str, object]]:
    """The notes of a file: texts in the manner of language models, with what they state."""
    lines = (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()
    yield from map(json.loads, lines)


@cache
def _frozen() -> Any:
    """The texts of tasks that can no longer be made, by track and seed; of dialogue the scripts."""
    return json.loads(gzip.decompress((CASES / "shown_texts.json.gz").read_bytes()))


@cache
def _desk_reader(template: str) -> FactReader:
    return reader_for(template, tuple(_frozen()["dialogue"][template]))


@cache
def _shown(track: str, seed: str) -> tuple[str, ...]:
    if seed or track == "codeqa":
        return tuple(_frozen()[track][seed or "3"])
    return tuple(  # The task can no longer be made: its labels stand for it.
        ResearchReader().render(Statement(subject, _key(label), value))
        for file in ("notes_open", "notes_sealed", "notes_blind")
        for note in notes(file)
        if note["track"] == track
        for subject, label, value in note["facts"]  # type: ignore[attr-defined]
    )


def _key(label: str) -> str:
    from memorygym.scoring.fact_reader.sentences import term

    return f"director{term(label)}" if "director " in label else label


def read_note(track: str, material: str, text: str) -> set[tuple[str, str, str]]:
    """The facts read from a note, as its labels write them."""
    name, _, seed = material.partition("@")
    if track == "research":
        found = current_facts(ResearchReader(_shown(track, seed)).read(text))
        return {(subject, _term(key), value) for (subject, key), value in found.items()}
    if track == "codeqa":
        stated = current_code(TextReader(_shown(track, seed)).read(text))
        return {plain((s, _phrase(k), str(v))) for (s, k), v in stated.items()}
    if track == "dialogue":
        told = current_facts(_desk_reader(name).read(text))
        return {(s, k, str(v)) for (s, k), v in told.items()}  # type: ignore[misc]
    task = task_of("worlds", int(seed or 3), name.split("-")[1])
    return world_note(strong_reader(task.system, task.texts), text)


def world_note(reader: StrongReader, text: str) -> set[tuple[str, str, str]]:
    """The facts of worlds in a text, with the words of the system message."""
    guide, facts = reader.guide, reader.read(text)
    known = StatementIndex(facts)
    labels = {a.code: a for a in guide.attributes}
    phrases = {relation.code: relation.phrase for relation in guide.relations}
    found = set()
    for (name, key, *other), value in world_facts(facts, guide).items():
        if other:
            found.add((name, phrases[key], other[0]))
        elif key == "category":
            found.add((name, key, known.category(name)))
        else:
            found.add((name, labels[key].label, labels[key].show(value)))  # type: ignore[arg-type]
    return found


def _term(key: str) -> str:
    match key.split(" "):
        case ["director", first, last]:
            months = (month_text(int(m[:4]) * 12 + int(m[5:]) - 1) for m in (first, last))
            return "director from {} to {}".format(*months)
    return key


_PARAMETERS = {"default": "default of", "argument": "argument", "calls": "calls", "reads": "reads"}


def _phrase(key: str) -> str:
    head, _, name = key.partition(":")
    return f"{_PARAMETERS[head]} {name}" if name else _LABELS.get(head, head)


def plain(fact: Sequence[str]) -> tuple[str, str, str]:
    """A fact with a module as the reader names it, not as a path, and a topic without "the"."""
    subject, phrase, value = fact
    if phrase == "module":
        value = module_name(value)
    return subject.removeprefix("the "), phrase, value


def judged(note: Mapping[str, object]) -> tuple[set[object], set[object], set[object]]:
    """The facts of a note that are read, those read in excess, and those missed; ambiguous and
    rounded ones count neither way."""
    found = read_note(str(note["track"]), str(note["material"]), str(note["text"]))
    labels = {plain(label) for label in note["facts"]}  # type: ignore[attr-defined]
    open_ends = {
        tuple(label[:2])
        for name in ("ambiguous", "rounded")
        for label in note.get(name, ())  # type: ignore[attr-defined]
    }
    extra = {fact for fact in found - labels if fact[:2] not in open_ends}
    missed = {fact for fact in labels - found if fact[:2] not in open_ends}
    return set(labels & found), set(extra), set(missed)
