"""Runs the commands and the Python of the documents and compares their output with the pages.

    python docs/check.py [--update] [PAGE …]

A fenced block whose lines begin with `$ ` is a terminal session. Each command runs in a scratch
folder of its page, and must print the lines below it; any version hash fits. A line `…` stands for
any lines; alone it stands for those of a command that succeeds. `export` and `unset` hold for the
rest of the page. A command that ends in `&` is a server: it gets a free port instead of the stated
one, and is stopped after the page. A block ```python is run as a script in that folder, or written
there if a file's name follows (```python my_memory.py). A block under a line
`<!-- not run: REASON -->` is not run, and the reason is printed. `--update` writes the outputs
into the pages. The exit code is 1 if a page is wrong.
"""

import argparse
import difflib
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\s*\Z")
VERSION_HASH = re.compile(r"@[0-9a-f]{8}\b")
SHOWN = ("examples", "tests", "src")
"""Folders of the repository that the commands of a page may name."""
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
    """The commands of a terminal session, each with the output that the page states."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        more = len(list(takewhile(lambda line: line.endswith("\\"), lines[start:end])))
        command = "\n".join(lines[start : start + more + 1])
        yield command.removeprefix("$ "), lines[start + more + 1 : end]


class Terminal:
    """A terminal of 90 columns: a folder, environment variables and running servers."""

    def __init__(self, folder: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environ = {**os.environ, "PATH": path, "COLUMNS": "90", "LC_ALL": "C.UTF-8"}
        self._environ |= {"PYTHONPATH": str(ROOT / "src"), "MPLBACKEND": "agg"}
        self.folder = folder
        self._servers = list[subprocess.Popen[bytes]]()
        self._ports = dict[str, str]()
        for name in SHOWN:
            (folder / name).symlink_to(ROOT / name)

    def run(self, command: str) -> tuple[list[str], int]:
        """The lines that a command prints, and its exit code."""
        match shlex.split(command, comments=True):
            case ["export", setting]:
                name, _, value = setting.partition("=")
                self._environ[name] = self._with_ports(value)
            case ["unset", name]:
                del self._environ[name]
            case [*words, "&"]:
                self._serve(words)
            case _:
                return self._printed(["bash", "-c", command])
        return [], 0

    def run_python(self, script: str) -> tuple[list[str], int]:
        """The lines that a script prints, and its exit code."""
        return self._printed([sys.executable, "-c", script])

    def close(self) -> None:
        """Stops the servers."""
        for server in self._servers:
            server.kill()
            server.wait()

    def _printed(self, command: list[str]) -> tuple[list[str], int]:
        done = subprocess.run(
            command, cwd=self.folder, env=self._environ, timeout=LIMIT_S, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return [line.rstrip() for line in done.stdout.splitlines()], done.returncode

    def _serve(self, words: list[str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._ports[words[words.index("--port") + 1]] = str(port)
        command = [sys.executable, *map(self._with_ports, words[1:])]
        self._servers.append(
            subprocess.Popen(command, cwd=self.folder, env=self._environ, stdout=subprocess.DEVNULL)
        )
        while socket.socket().connect_ex(("127.0.0.1", port)):
            if self._servers[-1].poll() is not None:
                raise RuntimeError(f"the server ended: {shlex.join(words)}")
            time.sleep(0.05)

    def _with_ports(self, text: str) -> str:
        for stated, port in self._ports.items():
            text = text.replace(stated, port)
        return text


def fits(stated: list[str], lines: list[str]) -> bool:
    """Whether the lines are those that a page states, whatever the version hashes."""
    stated, lines = ([VERSION_HASH.sub("@", line) for line in part] for part in (stated, lines))
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
    """The corrected page, and its problems."""
    text, problems, end, parts = page.read_text("utf-8"), list[str](), 0, list[str]()
    with TemporaryDirectory() as scratch, closing(Terminal(Path(scratch))) as terminal:
        for block in blocks(text):
            parts.append(text[end : block.span[0]])
            end = block.span[1]
            parts.append(_rerun(block, terminal, page.name, problems))
    return "".join([*parts, text[end:]]), problems


def _rerun(block: Block, terminal: Terminal, page: str, problems: list[str]) -> str:
    """The text of a block after it was run."""
    if block.excuse:
        print(f"{page}: not run ({block.excuse}): {block.text.splitlines()[0]}")
    elif block.language == "python" and block.file:
        (terminal.folder / block.file).write_text(block.text, "utf-8")
    elif block.language == "python":
        lines, status = terminal.run_python(block.text)
        if status:
            problems.append(f"{page}: a block of Python failed\n{block.text}\n" + "\n".join(lines))
    elif block.text.startswith("$ "):
        parts = sessions(block.text)
        return "".join(_session(*part, terminal, page, problems) for part in parts)
    return block.text


def _session(
    command: str, stated: list[str], terminal: Terminal, page: str, problems: list[str]
) -> str:
    """One command of a terminal session, with what it prints."""
    lines, status = terminal.run(command)
    wanted = [line.rstrip() for line in stated]
    while wanted and not wanted[-1]:
        wanted.pop()
    if wanted == [ANY] and status:
        problems.append("\n".join([f"{page}: $ {command}", f"exit code {status}", *lines]))
    if fits(wanted, lines):
        return "\n".join([f"$ {command}", *stated, ""])
    lines = restated(wanted, lines)
    difference = difflib.unified_diff(wanted, lines, "the page", "the command", lineterm="", n=1)
    problems.append("\n".join([f"{page}: $ {command}", *difference]))
    gap = [""] * (len(stated) - len(wanted))
    return "\n".join([f"$ {command}", *lines, *gap, ""])


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
