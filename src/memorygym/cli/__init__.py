"""The command `memorygym`: each file is a subcommand, imported only when it is chosen.

Of such a file `add(parser)` declares arguments, `run(args)` returns the exit code, and the
docstring opens with the line that --help shows. A file whose name begins with _ is no command but
something that several of them share.
"""

import argparse
import errno
import io
import os
import re
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from memorygym import __doc__ as about
from memorygym import __version__
from memorygym.cli._checks import headline
from memorygym.core import registry
from memorygym.core.errors import BadSettings, MemoryGymError, ProviderFailure, UnknownPart

BAD_USAGE, PROVIDER_FAILED, INTERRUPTED = 2, 3, 130
"""Exit codes beside 0 (ok) and 1 (a check failed)."""
FULL = (errno.ENOSPC, errno.EDQUOT)
"""Of an error that does not name its file."""
COMMANDS = Path(__file__).parent
WIDTH = 79
PLUG = "--plug"
"""Before or after any command; what it names is known before the command is."""


MERGED = {
    "deal": "play --show",
    "failures": "explain RUN",
    "judge-audit": "grade FILE --judge",
    "test": "explain RUN ID --play` or, without a run, `memorygym bench -v",
    "validate-results": "score --check FILE",
    "verify-pack": "pack --check FILE",
}
"""Commands that were, and what does it now."""


CHECKS = {"agents": "check_policy", "tracks": "check_track"}
"""By kind of what others bring: what says why it breaks."""


class _Format(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=WIDTH)


def command(argv: Sequence[str] | None = None) -> NoReturn:
    """`memorygym` as a process, which ends with the exit code of `main`.

    After a stop, threads may still wait for a model. One that wakes up while the interpreter shuts
    down can crash it, so the process then ends without that.
    """
    status = main(argv)
    if any(thread.daemon for thread in threading.enumerate()):
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(status)
    sys.exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # The same bytes under every locale; a lone surrogate is shown as its escape.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return status
    except ProviderFailure as error:
        return _complain(error, PROVIDER_FAILED)
    except MemoryGymError as error:
        return _complain(error, BAD_USAGE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes stdout once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except OSError as error:
        if error.filename is None and error.errno not in FULL:
            return _broken(error)
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"{where}{error.strerror}", BAD_USAGE)
    except Exception as error:  # noqa: BLE001  # raised again unless somebody else's part plays
        return _broken(error)


def _run(argv: Sequence[str]) -> int:
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)  # Parts of one's own are found in the current folder.
    argv = _plugged(argv)
    found = {path.stem.replace("_", "-"): path for path in sorted(COMMANDS.glob("[!_]*.py"))}
    chosen = next((word for word in argv[:1] if not word.startswith("-")), "")
    if chosen in MERGED:
        raise BadSettings(f"no command named {chosen!r}; it is `memorygym {MERGED[chosen]}` now")
    if chosen and chosen not in found:
        raise UnknownPart("command", chosen, found)
    parser = argparse.ArgumentParser(
        "memorygym", description=about, formatter_class=_Format, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"memorygym {__version__}")
    parser.add_argument(
        PLUG, metavar="TRACK",
        help="a track of yours as pkg.mod:OBJECT, for any command that reads its runs",
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    module = None
    for name, path in found.items():
        line = headline(path)
        part = commands.add_parser(
            name, help=line, description=line, formatter_class=_Format, allow_abbrev=False
        )
        if name == chosen:
            module = import_module(f"memorygym.cli.{path.stem}")
            module.add(part)
    try:
        args = parser.parse_args(argv)
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    assert module is not None
    return int(module.run(args))


def _plugged(argv: Sequence[str]) -> Sequence[str]:
    """The words that are left once the tracks that they plug in are known by their names."""
    words = [*argv]
    while PLUG in words[:-1]:
        at = words.index(PLUG)
        from memorygym.core.track import find

        find(words[at + 1])
        del words[at : at + 2]
    return words


def _broken(error: Exception) -> int:
    """Tells of a track or an agent of somebody else that raised, or gave what it must not; raises
    the error if there is none."""
    # Of an error in a worker process only the text of its traceback is here.
    told = "".join(traceback.format_exception(error))
    found = [
        (_frames(told, registry.module_of(kind, spec)), kind, spec)
        for kind in CHECKS
        for spec in registry.external_specs(kind)
    ]
    if not found:
        raise error
    frames, kind, spec = max(found, key=lambda one: bool(one[0]))
    place = f" ({frames[-1]})" if frames else ""
    what = f"the {kind[:-1]} {spec} broke: {type(error).__name__}: {error}{place}"
    hint = f"memorygym.testing.{CHECKS[kind]} looks for what it must keep to"
    return _complain(f"{what}; {hint}", BAD_USAGE)


def _frames(told: str, module: str) -> list[str]:
    """Where a traceback passes through a module."""
    file = getattr(sys.modules[module], "__file__", None) or ""
    lines = re.findall(rf'File "{re.escape(file)}", (line \d+, in .+)', told)
    return [f"{Path(file).name}, {line}" for line in lines]


def _complain(what: object, status: int) -> int:
    print(f"memorygym: {what}", file=sys.stderr)
    return status
