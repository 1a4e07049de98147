"""How much the fact reader reads of each layout and of notes: `python -m benchmarks.fact_reading`.

Layouts render facts of generated tasks of four tracks and are read again: recovered and wrong are
shares of the facts. Notes are texts in the manner of language models with labels of what they
state: precision and recall. docs/fact_reading.md holds the figures.
"""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.track import TaskOptions
from memorygym.core.types import Task
from memorygym.runs import tasks
from memorygym.scoring.fact_reader.claims import SHIFT, ReadFact, Reading
from memorygym.scoring.fact_reader.matching import Matcher
from memorygym.scoring.fact_reader.sentences import term
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.tracks.codeqa import fact_reader as codeqa
from memorygym.tracks.codeqa.code_reader import module_name
from memorygym.tracks.dialogue.fact_reader import reader_for
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.vocabulary import vocabulary as research_vocabulary
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.facts import Knowledge
from memorygym.tracks.worlds.vocabulary import vocabulary_of
from tests.episodes import generated
from tests.layouts import blind, blind_last, blind_later, development
from tests.layouts.blocks import Block
from tests.layouts.tasks import (
    code_block,
    current_code,
    current_facts,
    dialogue_blocks,
    generated_research,
    month_text,
    ordered,
    research_blocks,
    shown_code,
    shown_research,
    shown_session,
    shown_world,
    world_blocks,
    world_facts,
)

CASES = Path(__file__).parents[1] / "tests" / "cases"
NOTES = ("notes_open", "notes_sealed", "notes_blind", "notes_last", "notes_last_sealed")
Layout = Callable[[Sequence[Block]], str]
Facts = Mapping[tuple[str, ...], object]
Pairs = Iterable[tuple[Facts, Facts]]
KINDS: dict[str, Mapping[str, Layout]] = {
    "development": development.LAYOUTS,
    "blind": blind.LAYOUTS,
    "blind, later": blind_later.LAYOUTS,
    "last": {k: v for k, v in blind_last.LAYOUTS.items() if k not in blind_last.SEALED},
    "last, sealed": {k: v for k, v in blind_last.LAYOUTS.items() if k in blind_last.SEALED},
}
LOSSY = {"tsv_merged", "prose_profile", "changelog"}
"""Layouts that break code."""


def worlds(layout: Layout) -> Iterator[tuple[Facts, Facts]]:
    """For some templates: the facts that the layout rendered, and those that were read."""
    for template in ("company", "city", "codebase"):
        system, records = shown_world(template)
        reader = strong_reader(system)
        text = layout(world_blocks(reader.guide, records))
        with use("worlds", template):
            yield world_facts(records, reader.guide), world_facts(reader.read(text), reader.guide)


def research(layout: Layout) -> Iterator[tuple[Facts, Facts]]:
    """The same for a task of research."""
    stated = shown_research()
    if layout in blind_last.LAYOUTS.values():  # They name no sources.
        stated = tuple(s for s in stated if current_facts(stated)[s[:2]] == s.value)
    text = layout(research_blocks(stated))
    with use("research"):
        yield current_facts(stated), current_facts(ResearchReader().read(text))


def code(layout: Layout) -> Iterator[tuple[Facts, Facts]]:
    """The same for a task of codeqa; what is true of others is not wrong."""
    if layout.__name__ in LOSSY:
        return
    every, noted = shown_code("mixed")
    truth, wanted = current_code(every), current_code(noted)
    if layout in blind_last.LAYOUTS.values():  # They hold no code.
        noted = tuple(s for s in noted if s.key != "source" and wanted[s[:2]] == s.value)
        wanted = current_code(noted)
    text = layout([code_block(statement) for statement in noted])
    with use("codeqa"):
        read = current_code(codeqa.read(text))
    yield wanted, {key: v for key, v in read.items() if key in wanted or truth.get(key) != v}


def dialogue(layout: Layout) -> Iterator[tuple[Facts, Facts]]:
    """The same for two desks."""
    for template in ("retail", "telecom"):
        desk, stated = shown_session(template)
        text = layout(dialogue_blocks(desk, stated))
        with use("dialogue", template):
            read = reader_for(template).read(text)
        yield current_facts(stated), current_facts(read)


def world_stated(reader: StrongReader, texts: Iterable[str]) -> list[ReadFact]:
    records = [r for text in texts if "=== QUESTION" not in text for r in reader.read(text)]
    known = Knowledge(ordered(records))
    facts = []
    for r in records:
        facts += [ReadFact(r.name, "category", r.category)] if r.category else []
        facts += [ReadFact(r.name, code, other) for code, other in r.edges]
        facts += [
            ReadFact(o, c.code, r.name)
            for code, o in r.edges
            for c in reader.guide.relations
            if c.code == code and c.symmetric
        ]
        facts += [ReadFact(r.name, code, amount, SHIFT) for code, amount in r.shifts.items()]
        facts += [
            ReadFact(r.name, code, v)
            for code in {*r.values, *r.shifts}
            for v in known.history(r.name, code)
        ]
    return list(dict.fromkeys(facts))


def code_stated(statements: Iterable[Statement]) -> list[ReadFact]:
    facts = []
    for s in statements:
        head, _, name = s.key.partition(":")
        if head in ("calls", "reads"):
            facts.append(ReadFact(s.subject, "uses", name))
        else:
            code = "raises" if head == "exception" else s.key
            value = (
                int(s.value)
                if codeqa.VOCABULARY.by_code.get(code, codeqa.VOCABULARY.keys[0]).kind == "number"
                else s.value
            )
            facts.append(ReadFact(s.subject, code, value))
    return list(dict.fromkeys(facts))


def typed(vocabulary: Vocabulary, statements: Iterable[Statement]) -> list[ReadFact]:
    facts = []
    for s in statements:
        key = vocabulary.by_code.get(s.key)
        facts.append(
            ReadFact(s.subject, s.key, int(s.value) if key and key.kind == "number" else s.value)
        )
    return list(dict.fromkeys(facts))


@cache
def matcher_of(track: str, material: str, is_noted: bool) -> Matcher:
    name, _, seed = material.partition("@")
    if track == "adversarial":
        strong = strong_reader(shown_world("company")[0])
        facts = world_stated(strong, [e.text for e in generated("company").events])
        return Matcher(vocabulary_of(strong.guide), facts, every_value=True)
    if track == "worlds":
        if is_noted:
            task = task_of("worlds", int(seed or 3), name.split("-")[1])
        else:
            task = generated(name)
        strong = strong_reader(task.system)
        return Matcher(
            vocabulary_of(strong.guide), world_stated(strong, [e.text for e in task.events])
        )
    if track == "research":
        if is_noted:
            if not seed:
                return Matcher(
                    research_vocabulary(), typed(research_vocabulary(), labelled("research"))
                )
            texts = [e.text for e in task_of("research", int(seed or 0)).events]
        else:
            texts = generated_research()
        return Matcher(
            research_vocabulary(),
            typed(research_vocabulary(), [s for t in texts for s in ResearchReader().read(t)]),
        )
    if track == "codeqa":
        if is_noted:
            every = [
                s for e in task_of("codeqa", int(seed or 3)).events for s in codeqa.read(e.text)
            ]
            every += [] if seed else labelled("codeqa")
        else:
            every = shown_code("mixed")[0]
        return Matcher(codeqa.VOCABULARY, code_stated(every))
    vocabulary = reader_for(name)._outline._vocabulary
    return Matcher(vocabulary, typed(vocabulary, shown_session(name)[1]))


def labelled(track: str) -> list[Statement]:
    """All that the labels of notes about one task state: the task itself is no more."""
    lines = (
        line
        for name in NOTES[:3]
        for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()
    )
    notes = (note for note in map(json.loads, lines) if note["track"] == track)
    return [_statement(track, *fact) for note in notes for fact in note["facts"]]


def _statement(track: str, subject: str, phrase: str, value: str) -> Statement:
    if track != "codeqa":
        return Statement(
            subject, f"director{term(phrase)}" if "director " in phrase else phrase, value
        )
    head = next((h for h, word in _PARAMETERS.items() if phrase.startswith(word + " ")), "")
    codes = {word: code for code, word in _KEYS.items()}
    code = (
        f"{head}:{phrase.removeprefix(_PARAMETERS[head] + ' ')}"
        if head
        else codes.get(phrase, phrase)
    )
    plain = module_name(value) if phrase == "module" else value
    return Statement(f"the {subject}" if " " in subject else subject, code, plain)


@dataclass
class Settings:
    mode: str = "today"
    """`today`, `new`: the matcher alone, or `both`: today's reader, then the matcher."""
    shows: bool = False


SETTINGS = Settings()


class use:
    """Puts a matcher in the place of a track's reader."""

    def __init__(self, track: str, material: str = "", is_noted: bool = False):
        if SETTINGS.mode == "today":
            self.undo = lambda: None
            return
        matcher = matcher_of(track, material, is_noted)
        track = "worlds" if track == "adversarial" else track
        self.matcher = Combined(matcher, None) if SETTINGS.mode == "new" else None
        if track == "worlds":
            reader = strong_reader(
                task_of(
                    "worlds",
                    int(material.partition("@")[2] or 3),
                    material.partition("@")[0].split("-")[1],
                ).system
                if is_noted
                else generated(material).system
            )
            parser = reader.read.__self__
            owner, field = parser, "_outline"
            clear = [parser._cached.cache_clear]
        elif track == "research":
            owner, field, clear = ResearchReader, "_reader", []
        elif track == "codeqa":
            owner, field, clear = codeqa, "_OUTLINE", [codeqa.read.cache_clear]
        else:
            owner = reader_for(material)
            field, clear = "_outline", [owner.read.cache_clear]
        old = getattr(owner, field)
        setattr(owner, field, Combined(matcher, old if SETTINGS.mode == "both" else None))
        for c in clear:
            c()

        def undo():
            setattr(owner, field, old)
            for c in clear:
                c()

        self.undo = undo

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.undo()


class Combined:
    """Today's reader with the matcher as a second pass, or the matcher alone."""

    def __init__(self, matcher: Matcher, first: Any) -> None:
        self.matcher, self.first = matcher, first
        self._vocabulary = matcher.shown.vocabulary

    def read(self, text: str) -> Reading:
        second = self.matcher.read(text)
        facts = [fact for fact in second.facts if fact.role != "unstated"]
        if self.first is None:
            return Reading(tuple(facts), second.unread)
        first = self.first.read(text)
        seen = {fact[:2] for fact in first.facts}
        kept = [f for f in first.facts if self.matcher.shown.states(f.subject, f.code, f.value)]
        return Reading((*kept, *(f for f in facts if f[:2] not in seen)), first.unread)


TRACKS = {"worlds": worlds, "research": research, "codeqa": code, "dialogue": dialogue}


def shares(pairs: Pairs) -> str:
    """Percent of the facts recovered and wrong."""
    total = right = wrong = 0
    for stated, read in pairs:
        total += len(stated)
        right += sum(read.get(key) == value for key, value in stated.items())
        wrong += sum(stated.get(key) != value for key, value in read.items())
    return f"{100 * right / total:6.1f} {100 * wrong / total:6.2f}" if total else " " * 13


@cache
def task_of(track: str, seed: int, template: str = "") -> Task:
    options = {"template": template, "tier": "lite"} if template else {}
    found = tasks.generated(track, TaskOptions(range(seed, seed + 1), "", options))
    return found.recipes[0].generate()


def noted(track: str, material: str, text: str) -> set[tuple[str, str, str]]:
    """The facts read from a note, as its labels write them."""
    name, _, seed = material.partition("@")
    if track == "research":
        found = current_facts(ResearchReader().read(text))
        return {(subject, _term(key), value) for (subject, key), value in found.items()}
    if track == "codeqa":
        stated = [s for s in codeqa.read(text) if s.rank != codeqa.SUPERSEDED]
        index = StatementIndex(stated)
        current = filter(None, (index.get(s.subject, s.key) for s in stated))
        return {_plain((s.subject, _phrase(s.key), s.value)) for s in current}
    if track == "dialogue":
        found = current_facts(reader_for(name).read(text))
        return {(subject, key, value) for (subject, key), value in found.items()}
    return world_notes(task_of("worlds", int(seed or 3), name.split("-")[1]).system, text)


def world_notes(system: str, text: str) -> set[tuple[str, str, str]]:
    reader = strong_reader(system)
    guide, known = reader.guide, Knowledge(reader.read(text))
    labels = {a.code: a for a in guide.attributes}
    phrases = {relation.code: relation.phrase for relation in guide.relations}
    found = set()
    for (name, key, *other), value in world_facts(reader.read(text), guide).items():
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


_KEYS = {
    "file": "module", "base": "parent class", "raises": "exception raised", "rows": "row cap",
    "breaks": "breakage", "setting": "trigger", "exception": "ending", "items": "item cap",
    "memory": "memory cap",
}  # fmt: skip
_PARAMETERS = {"default": "default of", "argument": "argument", "calls": "calls", "reads": "reads"}


def _phrase(key: str) -> str:
    head, _, name = key.partition(":")
    return f"{_PARAMETERS[head]} {name}" if name else _KEYS.get(head, head)


def _plain(fact: Sequence[str]) -> tuple[str, str, str]:
    """A fact with a module as the reader names it, not as a path, and a topic without "the"."""
    subject, phrase, value = fact
    if phrase == "module":
        value = module_name(value)
    return subject.removeprefix("the "), phrase, value


def measure_notes(path: Path, *, shows: bool = False) -> Iterator[str]:
    """By track: precision and recall over a file of notes; ambiguous and rounded labels count
    neither way."""
    counts: dict[str, list[int]] = {}
    for line in path.read_text("utf-8").splitlines():
        note = json.loads(line)
        with use(note["track"], note["material"], True):
            read = noted(note["track"], note["material"], note["text"])
        labels = {_plain(label) for label in note["facts"]}
        open_ends = {
            tuple(label[:2]) for name in ("ambiguous", "rounded") for label in note.get(name, ())
        }
        extra = {fact for fact in read - labels if fact[:2] not in open_ends}
        missed = {fact for fact in labels - read if fact[:2] not in open_ends}
        for track in (note["track"], "all"):
            count = counts.setdefault(track, [0, 0, 0])
            for place, facts in enumerate((labels & read, extra, missed)):
                count[place] += len(facts)
        if shows and (extra or missed):
            print(f"  {note['id']}: extra {sorted(extra)}, missed {sorted(missed)}")
    for track, (right, more, lost) in counts.items():
        yield f"{track} {right / max(1, right + more):.3f} / {right / (right + lost):.3f}"


def adversarial() -> Iterator[str]:
    """How many adversarial texts are read exactly, and in how many something wrong is read."""
    system = shown_world("company")[0]
    for name in ("fact_reading", "fact_reading_later"):
        cases = [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text().splitlines()]
        exact, wrong = 0, []
        for case in cases:
            guide = strong_reader(system).guide
            labels = {a.label: a for a in guide.attributes}
            stated = set()
            for subject, label, value in case["facts"]:
                parsed = tuple(value) if isinstance(value, list) else value
                shown = labels[label].show(parsed) if label in labels else str(value)
                stated.add((subject, "category" if label == "group" else label, shown))
            with use("adversarial", "company"):
                read = world_notes(system, case["text"])
            if name == "fact_reading":
                read = {f for f in read if f[1] in labels}
            mutual = {(o, label, s) for s, label, o in stated if label not in labels}
            exact += stated <= read
            wrong += [case["id"]] * bool(read - stated - mutual)
            if SETTINGS.shows and (not stated <= read or read - stated - mutual):
                print(
                    case["id"],
                    repr(case["text"][:300]),
                    "missed",
                    stated - read,
                    "extra",
                    read - stated - mutual,
                )
        yield f"{name}: {exact} of {len(cases)} whole; wrong in {wrong}"


def speed() -> str:
    """Milliseconds to read all facts of a standard task, in the median and the slowest layout."""
    task = tasks.generated("worlds", TaskOptions(range(1), "", {})).recipes[0].generate()
    reader = strong_reader(task.system)
    shown = [e.text for e in task.events if "=== QUESTION" not in e.text]
    blocks = world_blocks(reader.guide, ordered([r for t in shown for r in reader.read(t)]))
    times = {}
    for name, layout in chain.from_iterable(layouts.items() for layouts in KINDS.values()):
        start, text = process_time(), layout(blocks)
        matcher = matcher_of("worlds", "company", False) if SETTINGS.mode != "today" else None
        start = process_time()
        if matcher:
            matcher.read(text)
        else:
            reader.read(text)
        times[name] = 1000 * (process_time() - start)
    slow = sorted(times, key=lambda name: -times[name])[:3]
    slowest = ", ".join(f"{name} {times[name]:.0f}" for name in slow)
    return f"ms a standard task: median {median(times.values()):.0f}; {slowest}"


def main() -> None:
    """Prints the table of layouts, then precision / recall of notes, texts that deceive, speed."""
    parser = ArgumentParser(prog="python -m benchmarks.fact_reading", description=main.__doc__)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS, metavar="KIND")
    parser.add_argument("--notes", nargs="*", default=NOTES, help="files of tests/cases")
    parser.add_argument("--tracks", nargs="*", default=list(TRACKS))
    parser.add_argument("--each", action="store_true", help="a line for each layout and note")
    parser.add_argument("--mode", default="today")
    options = parser.parse_args()
    SETTINGS.mode, SETTINGS.shows = options.mode, options.each
    print(f"{'':22}" + "".join(f"{track:>15}" for track in options.tracks))
    for kind in options.kinds:
        layouts = KINDS[kind]
        pairs = {
            track: [list(TRACKS[track](v)) for v in layouts.values()] for track in options.tracks
        }
        for number, name in enumerate(layouts) if options.each else ():
            print(f"  {name:20}" + "".join(f"  {shares(pairs[t][number])}" for t in options.tracks))
        whole = (shares(chain.from_iterable(pairs[track])) for track in options.tracks)
        print(f"{kind:22}" + "".join(f"  {share}" for share in whole), flush=True)
    for name in options.notes:
        print(
            f"{name}: precision / recall of",
            "; ".join(measure_notes(CASES / f"{name}.jsonl", shows=options.each)),
        )
    print("\n".join(adversarial()))
    print(speed())


if __name__ == "__main__":
    main()
