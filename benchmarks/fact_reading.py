"""How much of a text the fact reader reads, in each layout: `python -m benchmarks.fact_reading`.

Layouts render facts of generated tasks (ten templates of worlds, research) and are read again:
recovered and wrong are shares of the facts. Notes are texts in the manner of language models with
labels of what they state: precision and recall. docs/fact_reading.md holds the figures.
"""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from memorygym.core import registry
from memorygym.core.statements import StatementIndex
from memorygym.core.track import TaskOptions
from memorygym.runs import tasks
from memorygym.tracks.codeqa import fact_reader as codeqa
from memorygym.tracks.codeqa.code_reader import module_name
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.worlds.fact_reader import strong_reader
from tests.layouts import blind, blind_later, development
from tests.layouts.blocks import Block
from tests.layouts.tasks import (
    current_facts,
    month_text,
    research_blocks,
    shown_research,
    shown_world,
    world_blocks,
    world_facts,
)

CASES = Path(__file__).parents[1] / "tests" / "cases"
Layout = Callable[[Sequence[Block]], str]
Facts = Mapping[tuple[str, ...], object]


def worlds(layout: Layout) -> Iterable[tuple[Facts, Facts]]:
    """For each template: the facts that the layout rendered, and those that were read."""
    for template in registry.names("templates"):
        system, records = shown_world(template)
        reader = strong_reader(system)
        text = layout(world_blocks(reader.guide, records))
        yield world_facts(records, reader.guide), world_facts(reader.read(text), reader.guide)


def research(layout: Layout) -> Iterable[tuple[Facts, Facts]]:
    """The same for a task of research."""
    text = layout(research_blocks(shown_research()))
    yield current_facts(shown_research()), current_facts(ResearchReader().read(text))


def shares(pairs: Iterable[tuple[Facts, Facts]]) -> str:
    """Percent of the facts recovered and wrong."""
    total = right = wrong = 0
    for stated, read in pairs:
        total += len(stated)
        right += sum(read.get(key) == value for key, value in stated.items())
        wrong += sum(stated.get(key) != value for key, value in read.items())
    return f"{100 * right / total:6.1f} {100 * wrong / total:6.2f}"


def noted(track: str, material: str, text: str) -> set[tuple[str, str, str]]:
    """The facts read from a note, as its labels write them."""
    if track == "research":
        return {
            (s, _term(key), v) for (s, key), v in current_facts(ResearchReader().read(text)).items()
        }
    if track == "codeqa":
        stated = [s for s in codeqa.read(text) if s.rank != codeqa.SUPERSEDED]
        index = StatementIndex(stated)
        current = filter(None, (index.get(s.subject, s.key) for s in stated))
        return {_plain((s.subject, _phrase(s.key), s.value)) for s in current}
    options = TaskOptions(range(3, 4), "", {"template": material.split("-")[1], "tier": "lite"})
    reader = strong_reader(tasks.generated("worlds", options).recipes[0].generate().system)
    guide, known = reader.guide, StatementIndex(reader.read(text))
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


def measure_notes(path: Path) -> str:
    """Precision and recall over a file of notes; ambiguous and rounded labels count neither way."""
    right = extra = missed = 0
    for line in path.read_text("utf-8").splitlines():
        note = json.loads(line)
        read = noted(note["track"], note["material"], note["text"])
        labels = {_plain(label) for label in note["facts"]}
        open_ends = {
            tuple(label[:2]) for name in ("ambiguous", "rounded") for label in note.get(name, ())
        }
        right += len(labels & read)
        extra += len({fact for fact in read - labels if fact[:2] not in open_ends})
        missed += len(labels - read)
    return f"precision {right / (right + extra):.3f}, recall {right / (right + missed):.3f}"


def main() -> None:
    """Prints the table of layouts, then precision and recall of the notes in some files."""
    parser = ArgumentParser(prog="python -m benchmarks.fact_reading", description=main.__doc__)
    parser.add_argument("notes", nargs="*", default=["notes_open"], help="files of tests/cases")
    names = parser.parse_args().notes
    print(f"{'layout':22}  {'worlds':>13}  {'research':>13}\n{'':22}  recov. wrong   recov. wrong")
    for kind in (development, blind, blind_later):
        for name, layout in kind.LAYOUTS.items():
            print(f"{name:22}  {shares(worlds(layout))}  {shares(research(layout))}")
    for name in names:
        print(f"{name}: {measure_notes(CASES / f'{name}.jsonl')}")


if __name__ == "__main__":
    main()
