"""The options of a command, from its class of settings."""

import argparse
from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from memorygym.cli._checks import Group, add_output, add_salt, given_path
from memorygym.core.errors import BadSettings
from memorygym.runs.settings import Option, Settings, default_of, members, options

S = TypeVar("S", bound=Settings)


def add_settings(parser: argparse.ArgumentParser, cls: type[Settings]) -> None:
    """Declares the options of a class of settings under its headings."""
    for heading, names in cls.GROUPS.items():
        add_options(parser.add_argument_group(heading), cls, *names.split())


def add_options(group: Group, cls: type, *names: str, **helps: str) -> None:
    """Declares these options of a class of settings, by default all; `helps` replaces the help of
    some."""
    hints, defaults = get_type_hints(cls), {field.name: field for field in fields(cls)}
    for name in names or options(cls):
        own = options(cls)[name]
        if name == "output":
            add_output(group)
        elif name == "salt":
            add_salt(group, helps.get(name, own.help), default=None)
        elif own.cli:
            default = default_of(defaults[name])
            kinds = [kind for kind in members(hints[name]) if kind is not type(None)]
            flags = (f"--{name.replace('_', '-')}", *own.flags)
            keywords = _keywords(flags[0], own, kinds, default)
            keywords |= {"dest": name, "default": default}
            group.add_argument(*flags, **keywords, help=helps.get(name, own.help))


def _keywords(flag: str, own: Option, kinds: Sequence[Any], default: object) -> dict[str, Any]:
    """How argparse reads a setting."""
    if bool in kinds:
        return {"action": argparse.BooleanOptionalAction if default else "store_true"}
    keywords: dict[str, Any] = {"metavar": own.metavar} if own.metavar else {}
    if own.choices:
        keywords["choices"] = own.choices
    if own.many == "commas":
        return keywords | {"type": partial(_numbers, flag)}
    if own.many:
        words = {"nargs": "+", "action": "extend"}
        keywords |= {"action": "append"} if own.many == "again" else words
    of_list = [argument for kind in kinds for argument in getattr(kind, "__args__", ())]
    known = {int: int, float: float, Path: given_path}
    types = [known[kind] for kind in [*kinds, *of_list] if kind in known]
    return keywords | ({"type": types[0]} if types and str not in kinds else {})


def _numbers(flag: str, text: str) -> list[int]:
    try:
        return [int(word) for word in text.split(",")]
    except ValueError:
        raise BadSettings(f"{flag} {text}: give whole numbers, commas between") from None


def settings_of(cls: type[S], args: argparse.Namespace, **more: Any) -> S:
    """The settings that the options state. Raises BadSettings."""
    stated = {name: getattr(args, name) for name in options(cls) if hasattr(args, name)}
    stated.pop("output", None)
    return cls(**stated | more)
