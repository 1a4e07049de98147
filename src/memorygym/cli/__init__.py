"""The command `memorygym`: each file is a subcommand, imported only when it is chosen.

In such a file `add(parser)` declares the arguments, `run(args)` returns the exit code, and the
first line of the docstring is what --help shows. Files named with a leading _ are shared.
"""

import argparse
import errno
import gc
import io
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import takewhile
from pathlib import Path
from textwrap import fill
from typing import NoReturn

from memorygym import __doc__ as about
from memorygym import __version__
from memorygym.cli._checks import headline
from memorygym.core import registry
from memorygym.core.errors import BadSettings, MemoryGymError, ProviderFailure, UnknownPart
from memorygym.reports.terminal import PROSE, width

BAD_USAGE, PROVIDER_FAILED, INTERRUPTED, PIPE_CLOSED = 2, 3, 130, 141
"""Exit codes beside 0 (ok) and 1 (a check failed)."""
FULL = (errno.ENOSPC, errno.EDQUOT)
"""Errors of a full disk, which do not name their file."""
COMMANDS = Path(__file__).parent
PLUG = "--plug"
"""An option before or after any command; its track is loaded before the command."""


MERGED = {
    "deal": "play --show",
    "failures": "explain RUN",
    "judge-audit": "grade FILE --judge MODEL",
    "test": "explain RUN ID --play` or, without a run, `memorygym bench -v",
    "validate-results": "score --check FILE",
    "verify-pack": "pack --check FILE",
}
"""Earlier commands, and the command that replaces each."""


CHECKS = {"agents": "check_policy", "tracks": "check_track"}
"""By kind of plug-in: the function that checks it."""


NARROW = 60
"""Columns below which --help states less."""


class _Format(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=min(width(), PROSE) - 1)
        self._narrow = self._width < NARROW

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """On a narrow terminal without the options, which are listed below."""
        if self._narrow:
            actions = (*actions,)
            places = [str(a.metavar or a.dest).upper() for a in actions if not a.option_strings]
            short = " ".join([self._prog, "[OPTIONS]", *places])
            usage = usage or fill(short, self._width - len("usage: "), subsequent_indent=" " * 7)
        super().add_usage(usage, actions, groups, prefix)

    def start_section(self, heading: str | None) -> None:
        """Opens a group, whose heading fits the terminal."""
        super().start_section(heading and fill(heading, self._width))

    def _format_action_invocation(self, action: argparse.Action) -> str:
        """On a narrow terminal with the value once, after all spellings of the option."""
        if not (self._narrow and action.option_strings and action.nargs != 0):
            return super()._format_action_invocation(action)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {value}"


class _Parser(argparse.ArgumentParser):
    """Refuses wrong words in one line, as all other errors are."""

    def error(self, message: str) -> NoReturn:
        """Ends the command."""
        self.exit(BAD_USAGE, f"{self.prog}: {message}; `{self.prog} --help` lists what it takes\n")


def command(argv: Sequence[str] | None = None) -> NoReturn:
    """`memorygym` as a process, which ends with the exit code of `main`.

    After a stop, threads may still wait for a model. One that wakes up while the interpreter shuts
    down can crash it, so the process then exits without shutting the interpreter down.
    """
    gc.set_threshold(50_000)  # As in workers; runs.executors says why.
    status = main(argv)
    if any(thread.daemon for thread in threading.enumerate()):
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(status)
    sys.exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # The same bytes under every locale; a lone surrogate is printed as its escape.
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
        if argv is None:  # Further Ctrl-C, while workers end, must not print tracebacks.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes stdout once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        if error.filename is None and error.errno not in FULL:
            return _broken(error)
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"{where}{error.strerror}", BAD_USAGE)
    except Exception as error:  # noqa: BLE001  # raised again unless a plug-in failed
        return _broken(error)


def _run(argv: Sequence[str]) -> int:
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)  # A user's own parts are found in the current folder.
    argv = _plugged(argv)
    files = command_files()
    name = next((word for word in argv[:1] if not word.startswith("-")), "")
    if name in MERGED:
        raise BadSettings(f"no command named {name!r}; it is `memorygym {MERGED[name]}` now")
    if name and name not in files:
        raise UnknownPart("command", name, files)
    try:
        if not name:
            top_parser(files).parse_args(argv)
        module = import_module(f"memorygym.cli.{files[name].stem}")
        parser = command_parser(name, files[name])
        module.add(parser)
        args = _parsed(parser, argv[1:])
    except SystemExit as stop:  # argparse has printed the reason
        return int(stop.code or 0)
    return int(module.run(args))


def command_files() -> dict[str, Path]:
    """By name: the file of every command."""
    return {path.stem.replace("_", "-"): path for path in sorted(COMMANDS.glob("[!_]*.py"))}


def top_parser(files: Mapping[str, Path]) -> argparse.ArgumentParser:
    """The parser of `memorygym --help`, which lists the commands."""
    parser = _Parser("memorygym", description=about, formatter_class=_Format, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"memorygym {__version__}")
    own = "your own track as pkg.mod:OBJECT, for any command that reads its runs"
    parser.add_argument(PLUG, metavar="TRACK", help=own)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, path in files.items():
        commands.add_parser(name, help=headline(path))
    return parser


def command_parser(name: str, path: Path) -> argparse.ArgumentParser:
    """The parser of a command, still without its arguments."""
    return _Parser(
        f"memorygym {name}", description=headline(path), formatter_class=_Format, allow_abbrev=False
    )


def _parsed(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """The arguments, with options before, between or after them.

    Raises UnknownPart for an unknown option, even if required ones lack.
    """
    known = _options(parser)
    for word in takewhile(lambda word: word != "--", words):
        option = word.partition("=")[0]
        if option.startswith("--") and option not in known:
            raise UnknownPart("option", option, known)
    try:
        args, extra = parser.parse_known_intermixed_args(words)
    except TypeError:  # argparse cannot parse a command with subparsers so.
        return parser.parse_args(words)
    if extra:
        _check_list(parser, words, extra)
        parser.error(f"unrecognized arguments: {' '.join(extra)}")
    return args


def _options(parser: argparse.ArgumentParser) -> set[str]:
    """The long options of a parser and of its subparsers."""
    options = {text for action in parser._actions for text in action.option_strings}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            options.update(*map(_options, action.choices.values()))
    return {option for option in options if option.startswith("--")}


def _check_list(
    parser: argparse.ArgumentParser, words: Sequence[str], extra: Sequence[str]
) -> None:
    """Raises BadSettings if the first extra word follows the value of an option with commas."""
    index = words.index(extra[0])
    option = words[index - 2] if index > 1 else ""
    action = parser._option_string_actions.get(option)
    if action and str(action.metavar).endswith(("LIST", "[,N]")):
        values = [words[index - 1], *extra]
        raise BadSettings(
            f"{option} {' '.join(values)}: separate by commas, as in {option} {','.join(values)}"
        )


def _plugged(argv: Sequence[str]) -> Sequence[str]:
    """The words without --plug and its tracks, which are loaded and known by their names."""
    words = [*argv]
    while PLUG in words[:-1]:
        index = words.index(PLUG)
        from memorygym.core.track import find

        find(words[index + 1])
        del words[index : index + 2]
    return words


def _broken(error: Exception) -> int:
    """Reports an error of a plugged-in track or agent; raises the error if none is plugged in."""
    # An error in a worker process arrives only as the text of its traceback.
    text = "".join(traceback.format_exception(error))
    parts = [
        (_frames(text, registry.module_of(kind, spec)), kind, spec)
        for kind in CHECKS
        for spec in registry.external_specs(kind)
    ]
    if not parts:
        raise error
    frames, kind, spec = max(parts, key=lambda part: bool(part[0]))
    place = f" ({frames[-1]})" if frames else ""
    problem = f"the {kind[:-1]} {spec} failed: {type(error).__name__}: {error}{place}"
    hint = f"memorygym.testing.{CHECKS[kind]} lists the rules that it breaks"
    return _complain(f"{problem}; {hint}", BAD_USAGE)


def _frames(text: str, module: str) -> list[str]:
    """The places where a traceback passes through a module."""
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    if not file:
        return []
    lines = re.findall(rf'File "{re.escape(file)}", (line \d+, in .+)', text)
    return [f"{Path(file).name}, {line}" for line in lines]


def _complain(message: object, status: int) -> int:
    print(f"memorygym: {message}", file=sys.stderr)
    return status
