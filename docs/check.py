"""Runs the commands and the Python of the documents and compares their output with the pages.

    python docs/check.py [--update] [PAGE …]

A block ``` whose lines begin with `$ ` is a terminal session. Each command runs in a scratch folder
of its page, which holds copies of examples, src and tests. It must print the lines below it, where
a line `…` stands for any lines. It must succeed, or end with the exit code
that a comment states: `$ false  # exit code 1`. One that takes longer than ten minutes, or prints
more than a mebibyte, is stopped. `export` and `unset` hold for the rest of the page. A command that
ends in `&` is a server: it gets a free port instead of the stated one, and is stopped after the
page. A block ```python is run as a script in that folder, or written there if a file's name follows
(```python my_memory.py). A block under a line `<!-- not run: REASON -->` is not run, and the reason
is printed. Blocks ```text, ```toml and ```json, and a block ``` without `$ `, only show something.
Any other fence is wrong: one of another language, of ~~~, or that is indented. `--update` writes
the outputs into the pages. The exit code is 1 if a page is wrong.
"""

import argparse
import difflib
import os
import re
import select
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
STRAY = re.compile(r"^[ \t>]*(?:```|~~~).*", re.MULTILINE)
"""A fence that is no block of FENCE."""
SHOWING = ("", "text", "toml", "json")
"""Languages of blocks that are not run; "" is also that of a terminal session."""
EXIT_CODE = re.compile(r"#.*\bexit code (\d+)\s*$")
FENCE = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\s*\Z")
SHOWN = ("examples", "tests", "src")
"""Folders of the repository whose copies the commands of a page may name."""
ANY = "…"
LIMIT_S = 600
START_S = 60
"""Longest time in which a server begins to listen."""
LIMIT_BYTES = 2**20
STOPPED = 124
"""The exit code of a command that was stopped, as of timeout(1)."""
SHOWN_LINES = 10
"""Last lines that are shown of such a command."""


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


def _is_skipped(block: Block) -> bool:
    """Whether a block is not run although it may hold commands."""
    late = "\n$ " in block.text and not block.text.startswith("$ ")
    return not block.excuse and (block.language not in (*SHOWING, "python") or late)


def _strays(page: str) -> list[str]:
    """The fences that are neither run nor known to be for show."""
    unknown = [f"```{block.language}" for block in blocks(page) if _is_skipped(block)]
    return unknown + STRAY.findall(FENCE.sub("", page))


def sessions(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a terminal session, each with the output that the page states."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        more = len(list(takewhile(lambda line: line.endswith("\\"), lines[start:end])))
        command = "\n".join(lines[start : start + more + 1])
        yield command.removeprefix("$ "), lines[start + more + 1 : end]


class _Stopped(Exception):
    """A command went beyond a limit."""


def _next(descriptor: int, until: float) -> bytes:
    """What a command prints next; b"" at its end. Raises _Stopped."""
    if not select.select([descriptor], [], [], max(0, until - time.monotonic()))[0]:
        raise _Stopped(f"took longer than {LIMIT_S} seconds")
    return os.read(descriptor, 2**16)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


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
            copytree(ROOT / name, folder / name, ignore=ignore_patterns("__pycache__"))

    def run(self, command: str) -> tuple[list[str], int]:
        """The lines that a command prints, and its exit code."""
        match shlex.split(command, comments=True):
            case ["export", setting]:
                name, _, value = setting.partition("=")
                self._environ[name] = self._with_ports(value)
            case ["unset", name]:
                del self._environ[name]
            case [*words, "&"]:
                return self._serve(words)
            case _:
                return self._printed(["bash", "-c", command])
        return [], 0

    def run_python(self, script: str) -> tuple[list[str], int]:
        """The lines that a script prints, and its exit code."""
        return self._printed([sys.executable, "-c", script])

    def close(self) -> None:
        """Stops the servers."""
        for server in self._servers:
            _end(server)

    def _printed(self, command: list[str]) -> tuple[list[str], int]:
        process = self._start(command, subprocess.PIPE)
        until, printed = time.monotonic() + LIMIT_S, b""
        try:
            assert process.stdout
            while chunk := _next(process.stdout.fileno(), until):
                printed += chunk
                if len(printed) > LIMIT_BYTES:
                    raise _Stopped(f"printed more than {LIMIT_BYTES:,} bytes")
            status = process.wait(max(0, until - time.monotonic()))
            problem = []
        except (_Stopped, subprocess.TimeoutExpired) as stop:
            reason = stop if isinstance(stop, _Stopped) else f"took longer than {LIMIT_S} seconds"
            status, problem = STOPPED, [f"stopped: it {reason}"]
        finally:
            _end(process)
        lines = printed[:LIMIT_BYTES].decode("utf-8", "replace").splitlines()
        lines = lines[-SHOWN_LINES:] if problem else lines
        return [*(line.rstrip() for line in lines), *problem], status

    def _start(self, command: list[str], output: int) -> subprocess.Popen[bytes]:
        """Starts a command as the leader of a process group, which ends with it."""
        return subprocess.Popen(
            command, cwd=self.folder, env=self._environ, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def _serve(self, words: list[str]) -> tuple[list[str], int]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._ports[words[words.index("--port") + 1]] = str(port)
        command = [sys.executable, *map(self._with_ports, words[1:])]
        self._servers.append(self._start(command, subprocess.DEVNULL))
        until = time.monotonic() + START_S
        while socket.socket().connect_ex(("127.0.0.1", port)):
            if self._servers[-1].poll() is not None or time.monotonic() > until:
                return ["the server does not listen"], STOPPED
            time.sleep(0.05)
        return [], 0

    def _with_ports(self, text: str) -> str:
        for stated, port in self._ports.items():
            text = text.replace(stated, port)
        return text


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
    """The corrected page, and its problems."""
    text, problems, end, parts = page.read_text("utf-8"), list[str](), 0, list[str]()
    with TemporaryDirectory() as scratch, closing(Terminal(Path(scratch))) as terminal:
        for block in blocks(text):
            parts.append(text[end : block.span[0]])
            end = block.span[1]
            parts.append(_rerun(block, terminal, page.name, problems))
    problems += [f"{page.name}: {fence} is not run; see {__file__}" for fence in _strays(text)]
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
    expected = EXIT_CODE.search(command)
    if status != (int(expected[1]) if expected else 0):
        problems.append("\n".join([f"{page}: $ {command}", *lines, f"exit code {status}"]))
        return "\n".join([f"$ {command}", *stated, ""])
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
