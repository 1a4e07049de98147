"""Draws docs/architecture.svg, the rooms of the package and which imports which, from the code.

    python docs/architecture.py            writes the picture
    python docs/architecture.py --check    exits 1 if the picture is not what the code gives today

Floors come from the import contract `floors` in pyproject.toml, lines from the docstrings of the
rooms, arrows from the import graph. An arrow that follows from others is left out.
"""

import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from textwrap import wrap

import grimp

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "memorygym"
PICTURE = ROOT / "docs" / "architecture.svg"

WIDTH, GUTTER, MARGIN = 760, 96, 16
"""Pixels: of all boxes of a floor, of the lanes on either side, above and below."""
TALL, GAP, BETWEEN, LANE = 68, 30, 24, 14
"""Pixels: a box, between two floors, between boxes of a floor, between two lanes."""
LETTER = 7.2
"""Pixels of a wide letter of the text; what is shown at 13 pixels is narrower on average."""

STYLE = """
  .page { fill: #ffffff } .room { fill: #f3f6fa; stroke: #8a99ab }
  text { font: 13px system-ui, sans-serif; fill: #3d4854 }
  .name { font-size: 16px; font-weight: 600; fill: #14202c }
  .import { fill: none; stroke: #8a99ab; stroke-width: 1.3 } .head { fill: #8a99ab }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .room { fill: #1a212b; stroke: #66758a }
    text { fill: #b6c2cf } .name { fill: #eef3f8 }
    .import { stroke: #7d8da1 } .head { fill: #7d8da1 }
  }
"""

Arrow = tuple[str, str]
"""A room, and one that it imports."""


@dataclass(frozen=True, slots=True)
class Box:
    """A room in the picture."""

    name: str
    text: str
    floor: int
    """From the top, beginning with 0."""
    left: float
    wide: float

    @property
    def top(self) -> float:
        return MARGIN + self.floor * (TALL + GAP)

    @property
    def middle(self) -> float:
        return self.left + self.wide / 2


def floors() -> list[list[str]]:
    """The rooms of each floor, the highest first; modules beside the rooms are left out."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layered = next(row for row in settings["contracts"] if row["id"] == "floors")
    rows = ([name.strip() for name in layer.split("|")] for layer in layered["layers"])
    rooms = ([name for name in row if (PACKAGE / name).is_dir()] for row in rows)
    return [row for row in rooms if row]


def about(room: str) -> str:
    """The first line of the room's docstring."""
    module = ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8"))
    return (ast.get_docstring(module) or "").partition("\n")[0].replace("`", "")


def arrows(rooms: Sequence[str]) -> list[Arrow]:
    """Which room imports which, without what follows: a to b and b to c leave a to c out."""
    graph = grimp.build_graph("memorygym", cache_dir=None)
    reached: dict[str, set[str]] = {room: set() for room in rooms}
    for module in graph.modules:
        room = "" if module.endswith(".__main__") else _room(module)  # These only call `cli`.
        for imported in graph.find_modules_directly_imported_by(module):
            if room in reached and (other := _room(imported)) in reached and other != room:
                reached[room].add(other)
    return [
        (room, other)
        for room in rooms
        for other in rooms
        if other in reached[room] and not any(_leads(reached, via, other) for via in reached[room])
    ]


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _leads(reached: Mapping[str, set[str]], room: str, other: str) -> bool:
    """Whether a room imports another one, itself or by way of others."""
    return other in reached[room] or any(_leads(reached, via, other) for via in reached[room])


def boxes(rows: Sequence[Sequence[str]]) -> dict[str, Box]:
    """Every room in its place: those of a floor share its width."""
    by_room = {}
    for floor, row in enumerate(rows):
        wide = (WIDTH - BETWEEN * (len(row) - 1)) / len(row)
        for column, name in enumerate(row):
            left = GUTTER + column * (wide + BETWEEN)
            by_room[name] = Box(name, about(name), floor, left, wide)
    return by_room


def drawn(box: Box) -> Iterator[str]:
    """A room: its name, and what it holds in at most two lines."""
    at = f'x="{box.left:g}" y="{box.top:g}" width="{box.wide:g}" height="{TALL}"'
    yield f'<rect class="room" {at} rx="6"/>'
    yield f'<text class="name" x="{box.left + 14:g}" y="{box.top + 23:g}">{box.name}</text>'
    letters = int((box.wide - 28) / LETTER)
    for row, line in enumerate(wrap(box.text, letters, max_lines=2, placeholder=" …")):
        y = box.top + 42 + 17 * row
        yield f'<text x="{box.left + 14:g}" y="{y:g}">{escape(line)}</text>'


def straight(upper: Box, lower: Box) -> str:
    """An arrow to the floor below, through the middle of the narrower box."""
    x = min(upper, lower, key=lambda box: box.wide).middle
    return f"M{x:g} {upper.top + TALL:g}V{lower.top - 6:g}"


def beside(upper: Box, lower: Box, lane: int, ports: tuple[int, int], *, right: bool) -> str:
    """An arrow past other floors, in a lane left or right of the boxes."""
    side = 1 if right else -1
    start, end = ((box.left + box.wide) if right else box.left for box in (upper, lower))
    edge = GUTTER + WIDTH if right else GUTTER
    x = edge + side * (LANE + lane * LANE)
    out, into = (box.top + 12 + 11 * port for box, port in zip((upper, lower), ports, strict=True))
    return f"M{start:g} {out:g}H{x:g}V{into:g}H{end + side * 6:g}"


@dataclass(slots=True)
class Side:
    """The lanes on one side of the boxes, as arrows fill them."""

    right: bool
    lanes: list[list[tuple[int, int]]] = field(default_factory=list)
    """By lane, the nearest first: the floors between which it is taken."""
    ports: Counter[str] = field(default_factory=Counter)
    """By room: the arrows that touch it."""

    def route(self, upper: Box, lower: Box) -> str:
        """An arrow in the nearest lane that is free."""
        span = upper.floor, lower.floor
        self.lanes.append([])
        lane = next(n for n, taken in enumerate(self.lanes) if _free(taken, span))
        self.lanes[lane].append(span)
        self.lanes = [taken for taken in self.lanes if taken]
        ports = self.ports[upper.name], self.ports[lower.name]
        self.ports.update((upper.name, lower.name))
        return beside(upper, lower, lane, ports, right=self.right)


def _free(taken: Sequence[tuple[int, int]], span: tuple[int, int]) -> bool:
    return all(span[1] < first or last < span[0] for first, last in taken)


def _length(pair: tuple[Box, Box]) -> tuple[int, int]:
    return pair[1].floor - pair[0].floor, pair[0].floor


def routes(pairs: Sequence[tuple[Box, Box]]) -> Iterator[str]:
    """The arrows as paths, the short ones first: those that pass a floor go beside the boxes, on
    the side of the narrower box, else where there are fewer."""
    sides = Side(right=False), Side(right=True)
    for upper, lower in sorted(pairs, key=_length):
        if lower.floor == upper.floor + 1:
            yield straight(upper, lower)
            continue
        narrow = min(upper, lower, key=lambda box: box.wide)
        right = narrow.middle > GUTTER + WIDTH / 2
        if narrow.wide == WIDTH:
            right = len(sides[True].lanes) < len(sides[False].lanes)
        yield sides[right].route(upper, lower)


def picture() -> str:
    """The picture as SVG, the same bytes for the same code."""
    rows = floors()
    by_room = boxes(rows)
    pairs = [(by_room[room], by_room[other]) for room, other in arrows([*by_room])]
    wide, tall = WIDTH + 2 * GUTTER, 2 * MARGIN + len(rows) * (TALL + GAP) - GAP
    head = '<path class="head" d="M0 0L8 4L0 8z"/>'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" role="img">',
        "<title>The rooms of memorygym: an arrow leads to a room that is imported</title>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="2" refY="4" markerWidth="8"'
        f' markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">{head}</marker></defs>',
        f'<rect class="page" width="{wide}" height="{tall}"/>',
        *(line for box in by_room.values() for line in drawn(box)),
        *(f'<path class="import" marker-end="url(#head)" d="{route}"/>' for route in routes(pairs)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Writes the picture, or says whether it is current."""
    today = picture().encode()
    if "--check" not in arguments:
        PICTURE.write_bytes(today)
    elif not PICTURE.exists() or PICTURE.read_bytes() != today:
        print(
            "docs/architecture.svg does not show the rooms, docstrings and imports of today: run"
            " `python docs/architecture.py` and commit what it writes",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
