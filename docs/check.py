"""Runs the commands and the Python of the documents and compares what they print.

    python docs/check.py [--update] [PAGE …]

A fenced block whose lines begin with `$ ` is a terminal session: each command runs in a folder of
its own page, and what follows must be what it prints; a line `…` stands for any lines. A block
```python is run as a script in that folder, or written there if a file's name follows
(```python my_memory.py). A block under a line `<!-- not run: REASON -->` is left alone, and the
reason is printed. `--update` writes what was printed into the pages. Exit code 1: a page is wrong.
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\s*\Z")
ANY = "…"
LIMIT_S = 600


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    file: str
    text: str
    span: tuple[int, int]
    """Where its text stands in the page."""
    excuse: str
    """Why it is not run; "" if it is."""


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for match in FENCE.finditer(page):
        excuse = NOT_RUN.search(page[: match.start()])
        yield Block(match[1], match[2], match[3], match.span(3), excuse[1] if excuse else "")


def sessions(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a terminal session, each with the lines that it is said to print."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        more = list(takewhile(lambda line: line.startswith("> "), lines[start + 1 : end]))
        command = "\n".join([lines[start][2:], *(line[2:] for line in more)])
        yield command, lines[start + 1 + len(more) : end]


def printed(command: str | list[str], folder: Path) -> list[str]:
    """What a command prints on both streams, as somebody sees it in a terminal of 80 columns."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
    environ |= {"PYTHONPATH": str(ROOT / "src"), "MPLBACKEND": "agg"}
    done = subprocess.run(
        command, shell=isinstance(command, str), cwd=folder, env=environ, timeout=LIMIT_S,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
        check=False,
    )  # fmt: skip
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    if isinstance(command, list) and done.returncode:
        lines.append(f"(it ended with {done.returncode})")
    return lines


def fits(stated: list[str], lines: list[str]) -> bool:
    """Whether the lines are those that a page states."""
    pattern = "".join(
        "(.*\n)*" if line.strip() == ANY else re.escape(line) + "\n" for line in stated
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines)) is not None


def restated(stated: list[str], lines: list[str]) -> list[str]:
    """The printed lines, cut where the page cuts them: after as many lines as stand before `…`."""
    cuts = [number for number, line in enumerate(stated) if line.strip() == ANY]
    if not cuts:
        return lines
    head, tail = cuts[0], len(stated) - cuts[-1] - 1
    return [*lines[:head], ANY, *lines[max(head, len(lines) - tail) :]]


def checked(page: Path) -> tuple[str, list[str]]:
    """The page as it should be, and what is wrong with it."""
    text, problems, at, parts = page.read_text("utf-8"), list[str](), 0, list[str]()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "examples").symlink_to(ROOT / "examples")
        for block in blocks(text):
            parts.append(text[at : block.span[0]])
            at = block.span[1]
            parts.append(_rerun(block, folder, page.name, problems))
    return "".join([*parts, text[at:]]), problems


def _rerun(block: Block, folder: Path, page: str, problems: list[str]) -> str:
    """The text of a block after it was run."""
    if block.excuse:
        print(f"{page}: not run ({block.excuse}): {block.text.splitlines()[0]}")
    elif block.language == "python" and block.file:
        (folder / block.file).write_text(block.text, "utf-8")
    elif block.language == "python":
        lines = printed([sys.executable, "-c", block.text], folder)
        if lines and lines[-1].startswith("(it ended"):
            problems.append(f"{page}: a block of Python failed\n{block.text}\n" + "\n".join(lines))
    elif block.text.startswith("$ "):
        return "".join(_session(*part, folder, page, problems) for part in sessions(block.text))
    return block.text


def _session(command: str, stated: list[str], folder: Path, page: str, problems: list[str]) -> str:
    """One command of a terminal session, with what it prints."""
    lines = printed(command, folder)
    wanted = [line.rstrip() for line in stated]
    while wanted and not wanted[-1]:
        wanted.pop()
    shown = f"$ {command}".replace("\n", "\n> ")
    if fits(wanted, lines):
        return "\n".join([shown, *stated, ""])
    lines = restated(wanted, lines)
    difference = difflib.unified_diff(wanted, lines, "the page", "the command", lineterm="", n=1)
    problems.append("\n".join([f"{page}: $ {command}", *difference]))
    gap = [""] * (len(stated) - len(wanted))
    return "\n".join([shown, *lines, *gap, ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pages", nargs="*", type=Path, default=PAGES, metavar="PAGE")
    parser.add_argument("--update", action="store_true", help="write what was printed")
    args = parser.parse_args()
    wrong = 0
    for page in args.pages:
        text, problems = checked(page)
        wrong += len(problems)
        for problem in problems:
            print(problem, flush=True)
        if args.update and text != page.read_text("utf-8"):
            page.write_text(text, "utf-8")
        print(f"{page.name}: {len(problems)} wrong", flush=True)
    return int(wrong > 0 and not args.update)


if __name__ == "__main__":
    sys.exit(main())
