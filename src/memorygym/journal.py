"""Runs on disk: traces that are the same bytes wherever they are written, and the folder of a run.

    DIR/run.json            what is played
    DIR/traces/NAME.jsonl.gz  one an episode, written whole or not at all as the episode ends
    DIR/timings.jsonl       seconds and dates, in no digest
    DIR/results.jsonl       in task order, when the run completes

Digests are over uncompressed lines, since another zlib may pack the same lines differently.
"""

import json
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from time import time
from typing import IO
from urllib.parse import quote

from memorygym.core import JSON
from memorygym.errors import BadSettings, BadTrace
from memorygym.tokens import canonical
from memorygym.trace import Trace, read_trace

FORMAT = "memorygym-run-1"
LEVEL = 6
"""Of compression; fixed, for it changes the bytes."""
SAME = ("format", "contract", "recipe")
"""What must agree for a run to be continued; the rest of `run.json` tells how it was started."""


def write_trace(path: Path, trace: Trace) -> None:
    """Writes a trace, packed if the name ends in .gz; when interrupted, it has written nothing."""
    _write(path, (f"{line}\n".encode() for line in trace.lines()))


def _write(path: Path, lines: Iterable[bytes]) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        if path.suffix == ".gz":
            # Neither name nor time: the header would differ from run to run.
            with GzipFile("", "wb", LEVEL, file, mtime=0) as packed:
                packed.writelines(lines)
        else:
            file.writelines(lines)
    part.replace(path)


def read_traces(paths: Iterable[Path]) -> Iterator[tuple[Path, Trace | None, str]]:
    """Every trace of these files and folders with what is wrong with it ("" if nothing).

    The trace is None if nothing of it can be read. Raises BadSettings for a folder without traces
    and FileNotFoundError for a missing file, before the first trace is read.
    """
    for path in trace_files(paths):
        try:
            with closing(_lines(path)) as lines:
                trace, damage = read_trace(lines, str(path))
            yield path, trace, damage
        except BadTrace as error:
            yield path, None, str(error)


def trace_files(paths: Iterable[Path]) -> list[Path]:
    """The files meant by files and folders (of a run, or of traces), each once."""
    found: dict[Path, Path] = {}
    for path in paths:
        folder = path / "traces" if (path / "traces").is_dir() else path
        files = [path]
        if path.is_dir():
            files = sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")])
        if not files:
            raise BadSettings(
                f"no traces in {folder}: give .jsonl or .jsonl.gz files, or their folder"
            )
        for file in files:
            found.setdefault(file.resolve(strict=True), file)
    return list(found.values())


def _lines(path: Path) -> Generator[str, None, None]:
    """The lines of a file; where it cannot be unpacked or decoded stands "", which is no record."""
    with path.open("rb") as file:
        stream: IO[bytes] | GzipFile = file
        if path.suffix == ".gz":
            stream = GzipFile("", "rb", fileobj=file)
        try:
            for line in stream:
                yield line.decode()
        except (EOFError, zlib.error, BadGzipFile, UnicodeDecodeError):
            yield ""


@dataclass(frozen=True, slots=True)
class Run:
    """A folder that keeps what was played."""

    path: Path

    @property
    def kept(self) -> list[str]:
        """The names of the episodes that ended, sorted; a resumed run need not play them again."""
        return sorted(
            path.name.removesuffix(".jsonl.gz") for path in self.path.glob("traces/*.jsonl.gz")
        )

    def trace_path(self, name: str) -> Path:
        """Where the trace of that episode is; `name` as `kept` lists it."""
        return self.path / "traces" / f"{name}.jsonl.gz"


def episode_name(*parts: object) -> str:
    """A file's name from template, seed, agent, …; different parts, different names.

    >>> episode_name("company", 0, "org/model")
    'company+0+org%2Fmodel'
    """
    return "+".join(quote(str(part), safe="") for part in parts)


def open_run(directory: Path, about: Mapping[str, JSON]) -> Run:
    """Begins a run, or goes on with one of the same contract and recipe.

    `about` holds `contract`, `recipe` and whatever tells how it was started. Raises BadSettings if
    the folder holds anything else.
    """
    path = directory / "run.json"
    new: dict[str, JSON] = {"format": FORMAT, **about}
    if path.exists():
        _check_same(path, new)
    elif directory.exists() and any(directory.iterdir()):
        raise BadSettings(
            f"{directory} is not empty and holds no run; give a new or an empty folder"
        )
    (directory / "traces").mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write(path, [json.dumps(new, indent=1, sort_keys=True).encode(), b"\n"])
    return Run(directory)


def _check_same(path: Path, new: Mapping[str, JSON]) -> None:
    try:
        old = json.loads(path.read_bytes())
        kept = {name: canonical(old[name]) for name in SAME}
    except (ValueError, KeyError, TypeError) as error:
        raise BadSettings(f"{path} is damaged ({error}); give a new folder") from error
    for name in SAME:
        if kept[name] != canonical(new[name]):
            raise BadSettings(
                f"{path.parent} holds a run of another {name}: {kept[name]}, not"
                f" {canonical(new[name])}; give a new folder"
            )


def append_episode(run: Run, name: str, trace: Trace, seconds: float) -> None:
    """Keeps an episode that ended."""
    write_trace(run.trace_path(name), trace)
    row: dict[str, JSON] = {
        "episode": name,
        "seconds": round(seconds, 6),
        "ended": round(time(), 3),
    }
    with (run.path / "timings.jsonl").open("ab") as file:
        file.write(f"{canonical(row)}\n".encode())


def finish(run: Run, rows: Sequence[Mapping[str, JSON]]) -> None:
    """Writes the results, in the order given: that of the tasks."""
    _write(run.path / "results.jsonl", (f"{canonical(row)}\n".encode() for row in rows))
