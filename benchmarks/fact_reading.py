"""How much the fact reader reads of each layout and of notes: `python -m benchmarks.fact_reading`.

Layouts render facts of generated tasks of four tracks and are read again: recovered and wrong are
shares of the facts. Notes are texts in the manner of language models with labels of what they
state: precision and recall. docs/fact_reading.md holds the figures.
"""

from argparse import ArgumentParser
from collections.abc import Iterable
from itertools import chain
from statistics import median
from time import process_time

from memorygym.core.track import TaskOptions
from memorygym.runs import tasks
from memorygym.tracks.worlds.fact_reader import strong_reader
from tests.layouts import KINDS, LOSSY, PLAIN
from tests.layouts.materials import BOUNDS, judged, materials, notes
from tests.layouts.tasks import world_blocks

NOTES = (
    "notes_open", "notes_sealed", "notes_blind", "notes_last", "notes_last_sealed",
    "notes_strangers", "notes_strangers2", "notes_strangers3", "notes_strangers4",
)  # fmt: skip


def shares(counts: Iterable[tuple[int, int, int]]) -> str:
    """Percent of the facts recovered and wrong."""
    total, right, wrong = map(sum, zip(*counts, strict=True))
    return f"{100 * right / total:6.1f} {100 * wrong / total:6.2f}"


def precision_and_recall(name: str, *, shows: bool) -> str:
    """By track, over a file of notes."""
    counts: dict[str, list[int]] = {}
    for note in notes(name):
        found = judged(note)
        for track in (str(note["track"]), "all"):
            count = counts.setdefault(track, [0, 0, 0])
            count[:] = (n + len(facts) for n, facts in zip(count, found, strict=True))
        if shows and (found[1] or found[2]):
            print(f"  {note['id']}: extra {found[1]}, missed {found[2]}")
    return "; ".join(
        f"{track} {right / max(1, right + more):.3f} / {right / (right + lost):.3f}"
        for track, (right, more, lost) in counts.items()
    )


def speed() -> str:
    """Milliseconds to read all facts of a standard task, in the median and the slowest layout."""
    task = tasks.generated("worlds", TaskOptions(range(1), "", {})).recipes[0].generate()
    reader = strong_reader(task.system, task.texts)
    shown = [text for text in task.texts if "=== QUESTION" not in text]
    blocks = world_blocks(reader.guide, [fact for text in shown for fact in reader.read(text)])
    reader.read("A first text has the vocabulary made.")
    times = {}
    for name, layout in chain.from_iterable(layouts.items() for layouts in KINDS.values()):
        text, start = layout(blocks), process_time()
        reader.read(text)
        times[name] = 1000 * (process_time() - start)
    slow = sorted(times, key=lambda name: -times[name])[:3]
    slowest = ", ".join(f"{name} {times[name]:.0f}" for name in slow)
    return f"ms a standard task: median {median(times.values()):.0f}; {slowest}"


def main() -> None:
    """Prints the table of layouts, then precision / recall of notes, and the speed."""
    parser = ArgumentParser(prog="python -m benchmarks.fact_reading", description=main.__doc__)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS, metavar="KIND")
    parser.add_argument("--notes", nargs="*", default=NOTES, help="files of tests/cases")
    parser.add_argument("--tracks", nargs="*", default=list(BOUNDS))
    parser.add_argument("--each", action="store_true", help="a line for each layout and note")
    options = parser.parse_args()
    print(f"{'':22}" + "".join(f"{track:>15}" for track in options.tracks))
    for kind in options.kinds:
        counts = {
            track: {
                name: [m.counts(layout) for m in materials(track, plain=kind in PLAIN)]
                for name, layout in KINDS[kind].items()
                if not (track == "codeqa" and name in LOSSY)
            }
            for track in options.tracks
        }
        for name in KINDS[kind] if options.each else ():
            cells = (counts[track].get(name) for track in options.tracks)
            print(f"  {name:20}" + "".join(f"  {shares(c) if c else ' ' * 13}" for c in cells))
        whole = (shares(chain.from_iterable(counts[track].values())) for track in options.tracks)
        print(f"{kind:22}" + "".join(f"  {share}" for share in whole), flush=True)
    for name in options.notes:
        print(f"{name}: precision / recall of {precision_and_recall(name, shows=options.each)}")
    print(speed())


if __name__ == "__main__":
    main()
