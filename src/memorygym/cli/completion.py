"""Print the completion script of a shell: bash, zsh or fish."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

from memorygym.agents.reasoner_agent import agents_of
from memorygym.cli import PLUG, command_files, command_parser
from memorygym.core import registry
from memorygym.core.track import find
from memorygym.runs.settings import WORLDS

BASH = """\
_memorygym() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" words=""
    case "$COMP_CWORD ${{COMP_WORDS[1]}} $before" in
        "1 "*) words="{commands}" ;;
{cases}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    [ -n "$COMPREPLY" ] || COMPREPLY=($(compgen -f -- "$word"))
}}
complete -o filenames -F _memorygym memorygym"""
KINDS = {"template": "templates", "memory": "memory", "agent": "agents", "track": "tracks"}
"""The kind of part that each of these options takes, whatever its spelling."""
Commands = Mapping[str, Sequence[tuple[Sequence[str], str]]]
"""By command: the spellings of each argument, none of a positional one, and its known values."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")
    parser.epilog = (
        "bash: `memorygym completion bash >> ~/.bashrc`; zsh: the same with ~/.zshrc; fish:"
        " `memorygym completion fish > ~/.config/fish/completions/memorygym.fish`"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the script."""
    commands = {}
    for name, path in command_files().items():
        parser = command_parser(name, path)
        import_module(f"memorygym.cli.{path.stem}").add(parser)
        commands[name] = [(action.option_strings, _values(action)) for action in parser._actions]
    print("\n".join(_fish(commands) if args.shell == "fish" else _bash(commands, args.shell)))
    return 0


def _values(action: argparse.Action) -> str:
    """The values of an argument, as far as they are known."""
    if action.choices:
        return " ".join(map(str, action.choices))
    kind = KINDS.get(action.dest)
    if kind == "agents":
        return " ".join(agents_of(find(WORLDS)))
    return " ".join(registry.names(kind)) if kind else ""


def _bash(commands: Commands, shell: str) -> Iterator[str]:
    cases = []
    for name, arguments in commands.items():
        known = [option for options, _ in arguments for option in options]
        known += [values for options, values in arguments if values and not options]
        for options, values in arguments:
            for option in options if values else ():
                cases.append(f'        *" {name} {option}") words="{values}" ;;')
        words = " ".join(known)
        cases.append(f'        *" {name} "*) words="{words}" ;;')
    if shell == "zsh":
        yield "autoload -U +X bashcompinit && bashcompinit"
    yield BASH.format(commands=" ".join([*commands, PLUG, "--help"]), cases="\n".join(cases))


def _fish(commands: Commands) -> Iterator[str]:
    start = "complete -c memorygym"
    yield f"{start} -n __fish_use_subcommand -f -a '{' '.join(commands)}'"
    for name, arguments in commands.items():
        here = f"{start} -n '__fish_seen_subcommand_from {name}'"
        for options, values in arguments:
            if values and not options:
                yield f"{here} -f -a '{values}'"
            for option in options:
                kind = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
                yield f"{here} {kind}" + f" -x -a '{values}'" * bool(values)
