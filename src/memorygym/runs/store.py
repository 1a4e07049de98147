"""The run store: traces, whose bytes are the same on every machine, and the folder of a run.

    DIR/run.json              what is played
    DIR/traces/NAME.jsonl.gz  one for each episode, written whole or not at all when it ends
    DIR/timings.jsonl         seconds and dates, in no digest
    DIR/replies.jsonl         the replies of models, by request, so that none is lost
    DIR/measurements.jsonl.gz what was measured, one line an episode in task order, when it ends

A run that was stopped, even by kill -9, is resumed by its command and ends with the same bytes.
Digests are over uncompressed lines, because another zlib may compress the same lines differently.
"""

import json
import sys
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from time import time
from typing import IO, NotRequired, TypedDict
from urllib.parse import quote, unquote

from memorygym.core.errors import BadSettings, BadTrace
from memorygym.core.files import claimed_folder, json_bytes, write_atomically
from memorygym.core.json_values import canonical
from memorygym.core.trace import Trace, read_trace
from memorygym.core.types import JSON
from memorygym.runs.settings import refusal

FORMAT = "memorygym-run-4"
LAST = {"memorygym-run-2": "a37886c", "memorygym-run-3": "cdf0fd66"}
"""By earlier layout: the last commit that reads it."""


def write_trace(path: Path, trace: Trace, gold: str | None = None) -> None:
    """Writes a trace, compressed if the name ends in .gz; its gold table may be given as JSON. An
    interrupted write leaves no file."""
    write_atomically(path, (f"{line}\n".encode() for line in trace.lines(gold)))


def read_traces(paths: Iterable[Path]) -> Iterator[tuple[Path, Trace | None, str]]:
    """Every trace of these files and folders, with what is damaged ("" if nothing).

    The trace is None if none of it can be read. Raises BadSettings for a folder without traces
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
    """The trace files of paths, each once; a path is a file, a run's folder or one of traces."""
    unique: dict[Path, Path] = {}
    for path in paths:
        folder = path / "traces" if (path / "traces").is_dir() else path
        if (path / "run.json").exists():
            Run(path).about()  # Raises for a run of an earlier layout.
        files = [path]
        if path.is_dir():
            files = sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")])
        if not files:
            raise BadSettings(
                f"no traces in {folder}: give .jsonl or .jsonl.gz files, or their folder"
            )
        for file in files:
            try:
                unique.setdefault(file.resolve(strict=True), file)
            except RuntimeError as error:  # Links that lead to each other.
                raise BadSettings(f"{file} cannot be read ({error})") from error
    return list(unique.values())


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes] | GzipFile]:
    """A file, decompressed if its name ends in .gz. Raises BadSettings if that fails."""
    with path.open("rb") as file:
        if path.suffix != ".gz":
            yield file
            return
        try:
            with GzipFile("", "rb", fileobj=file) as stream:
                yield stream
        except (EOFError, zlib.error, BadGzipFile) as error:
            raise BadSettings(f"{path.name} is damaged: it cannot be unpacked ({error})") from error


def _lines(path: Path) -> Generator[str, None, None]:
    """The lines of a file. An unreadable part gives "", which is no record."""
    try:
        with unpacked(path) as stream:
            for line in stream:
                yield line.decode()
    except (BadSettings, UnicodeDecodeError):
        yield ""


class Timing(TypedDict):
    """When an episode ended, and how long it took."""

    episode: str
    seconds: float
    ended: float
    memory_ms: NotRequired[list[float]]
    """Of each step of its memory."""


@dataclass(frozen=True, slots=True)
class Run:
    """The folder of a run, which keeps its episodes."""

    path: Path

    @property
    def kept(self) -> list[str]:
        """The names of the episodes that ended, sorted."""
        return sorted(
            path.name.removesuffix(".jsonl.gz") for path in self.path.glob("traces/*.jsonl.gz")
        )

    def trace_path(self, name: str) -> Path:
        """The file of an episode's trace; `name` as `kept` lists it."""
        return self.path / "traces" / f"{name}.jsonl.gz"

    def trace(self, name: str) -> Trace | None:
        """The trace of an episode that ended; None if it has not, or its file is damaged."""
        path = self.trace_path(name)
        if not path.exists():
            return None
        _, trace, damage = next(read_traces([path]))
        return None if damage else trace

    def about(self) -> dict[str, JSON]:
        """The content of `run.json`. Raises BadSettings if this is not the folder of a run."""
        path = self.path / "run.json"
        try:
            about: dict[str, JSON] = json.loads(path.read_bytes())
            layout = str(about.get("format"))
        except FileNotFoundError:
            raise BadSettings(
                f"{self.path} is not the folder of a run: it has no run.json; give a folder that"
                " `bench` or `compare` wrote"
            ) from None
        except (OSError, ValueError, AttributeError, RecursionError) as error:
            raise BadSettings(f"{path} is damaged ({error}); play the run again") from error
        if layout in LAST:
            raise BadSettings(
                f"{path}: made by an earlier version of memorygym (layout {layout}); play it"
                f" again, or read it with commit {LAST[layout]}"
            )
        if layout != FORMAT:
            raise BadSettings(
                f"{path}: the layout is {layout}, and this version reads {FORMAT}; use the version"
                " of memorygym that made it, or play the run again"
            )
        return about

    def keep(
        self, name: str, trace: Trace, seconds: float, gold: str | None = None, **clocked: JSON
    ) -> None:
        """Keeps the trace of an episode that ended, and its times; see write_trace."""
        write_trace(self.trace_path(name), trace, gold)
        times: dict[str, JSON] = {"seconds": round(seconds, 6), "ended": round(time(), 3)}
        with (self.path / "timings.jsonl").open("ab", buffering=0) as file:
            file.write(f"{canonical({'episode': name, **times, **clocked})}\n".encode())

    def timings(self) -> Iterator[Timing]:
        """The times of each episode; a line that holds none, or is being written, is left out."""
        from msgspec.json import decode  # Here, because `--help` needs none.

        path = self.path / "timings.jsonl"
        for line in path.read_bytes().splitlines() if path.is_file() else ():
            with suppress(ValueError, RecursionError):
                yield decode(line, type=Timing)


def episode_name(*parts: object) -> str:
    """The name of an episode's file, from template, seed, agent, …; different parts give different
    names.

    >>> episode_name("company", 0, "org/model")
    'company+0+org%2Fmodel'
    """
    return "+".join(quote(str(part), safe="") for part in parts)


def name_parts(name: str) -> list[str]:
    """The parts of an episode's name.

    >>> name_parts("company+0+org%2Fmodel")
    ['company', '0', 'org/model']
    """
    return [unquote(part) for part in name.split("+")]


@contextmanager
def open_run(directory: Path, about: Mapping[str, JSON]) -> Iterator[Run]:
    """Begins a run, or resumes one of the same version and recipe, and locks the folder. Ctrl-C
    prints how to resume.

    `about` holds `version`, `recipe` and how the run was started. Raises BadSettings if the
    folder holds anything else or is locked.
    """
    new: dict[str, JSON] = {"format": FORMAT, **about}
    run = Run(directory)
    with claimed_folder(directory, "run.json", "traces", "run") as path:
        if path.exists():
            if problem := refusal(run.about(), new):
                raise BadSettings(f"{directory}{problem}")
        else:
            write_atomically(path, [json_bytes(new)])
        try:
            yield run
        except KeyboardInterrupt:
            kept = f"{len(run.kept)} episodes are kept in {directory}"
            print(f"\nstopped; {kept}; go on: memorygym resume {directory}", file=sys.stderr)
            raise
