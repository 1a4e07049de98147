"""Print the completion script of a shell: bash, zsh or fish."""

import argparse
from collections.abc import Iterator
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
complete -o filenames -F _memorygym memorygym
"""
KINDS = {"template": "templates", "memory": "memory", "agent": "agents", "track": "tracks"}
"""The kind of part that each of these options takes, whatever its spelling."""
ZSH = "autoload -U +X bashcompinit && bashcompinit\n"


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")
    parser.epilog = (
        "bash: `memorygym completion bash >> ~/.bashrc`; zsh: the same with ~/.zshrc; fish:"
        " `memorygym completion fish > ~/.config/fish/completions/memorygym.fish`"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the script."""
    parsers = {}
    for name, path in command_files().items():
        parsers[name] = command_parser(name, path)
        import_module(f"memorygym.cli.{path.stem}").add(parsers[name])
    print(_fish(parsers) if args.shell == "fish" else _bash(parsers, args.shell), end="")
    return 0


def _bash(parsers: dict[str, argparse.ArgumentParser], shell: str) -> str:
    cases = []
    for name, parser in parsers.items():
        options = [option for action in parser._actions for option in action.option_strings]
        for action in parser._actions:
            for option in action.option_strings if _choices(action) else ():
                cases.append(f'        *" {name} {option}") words="{_choices(action)}" ;;')
        values = [_choices(action) for action in parser._actions if not action.option_strings]
        words = " ".join(filter(None, [*options, *values]))
        cases.append(f'        *" {name} "*) words="{words}" ;;')
    text = BASH.format(commands=" ".join([*parsers, PLUG, "--help"]), cases="\n".join(cases))
    return (ZSH if shell == "zsh" else "") + text


def _choices(action: argparse.Action) -> str:
    """The values of an argument, as far as they are known."""
    if action.choices:
        return " ".join(map(str, action.choices))
    kind = KINDS.get(action.dest)
    if kind == "agents":
        return " ".join(agents_of(find(WORLDS)))
    return " ".join(registry.names(kind)) if kind else ""


def _fish(parsers: dict[str, argparse.ArgumentParser]) -> str:
    return "\n".join(_fish_lines(parsers)) + "\n"


def _fish_lines(parsers: dict[str, argparse.ArgumentParser]) -> Iterator[str]:
    start = "complete -c memorygym"
    yield f"{start} -n __fish_use_subcommand -f -a '{' '.join(parsers)}'"
    for name, parser in parsers.items():
        here = f"{start} -n '__fish_seen_subcommand_from {name}'"
        for action in parser._actions:
            values = _choices(action)
            words = f" -x -a '{values}'" if values else ""
            if not action.option_strings and values:
                yield f"{here} -f -a '{values}'"
            for option in action.option_strings:
                kind = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
                yield f"{here} {kind}{words}"
