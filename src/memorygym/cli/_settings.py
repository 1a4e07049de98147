"""The options of a command, from its class of settings."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from memorygym.cli._checks import given_path
from memorygym.core.errors import BadSettings, clip
from memorygym.runs.settings import (
    WORDS,
    Option,
    Settings,
    default_of,
    helps,
    members,
    options,
)

Group = argparse.ArgumentParser | argparse._ArgumentGroup
S = TypeVar("S", bound=Settings)


def add_settings(parser: argparse.ArgumentParser, cls: type[Settings]) -> None:
    """Declares the options of a class of settings under its headings."""
    for heading, names in cls.GROUPS.items():
        group = parser.add_argument_group(heading) if heading else parser
        add_options(group, cls, *names.split())


def add_options(group: Group, cls: type, *names: str, **instead: str) -> None:
    """Declares these options of a class of settings, by default all; `instead` replaces the help of
    some."""
    texts = {**helps(cls), **instead}
    hints, defaults = get_type_hints(cls), {field.name: field for field in fields(cls)}
    for name in names or options(cls):
        own = options(cls)[name]
        flags = (f"--{name.replace('_', '-')}", *own.flags)
        keywords = _keywords(flags[0], own, members(hints[name])[0], default_of(defaults[name]))
        group.add_argument(*flags, **keywords, dest=name, help=texts[name])


def _keywords(flag: str, own: Option, kind: Any, default: object) -> dict[str, Any]:
    """How argparse reads a setting: as the first type that its field states."""
    keywords: dict[str, Any] = {"default": default}
    if own.required:
        keywords["required"] = True
    if kind is bool:
        return {"action": argparse.BooleanOptionalAction if default else "store_true", **keywords}
    if own.metavar:
        keywords["metavar"] = own.metavar
    if own.choices:
        keywords["choices"] = own.choices
    if own.many == "commas":
        return {"type": partial(_numbers, flag), **keywords}
    if own.many:
        words = {"nargs": "+", "action": "extend"}
        keywords |= {"action": "append"} if own.many == "again" else words
    if get_origin(kind) is Sequence:
        kind = get_args(kind)[0]
    if check := own.check:
        return {**keywords, "type": lambda text: check(text, flag)}
    if kind is Path:
        return {**keywords, "type": given_path}
    return {**keywords, "type": partial(_number, flag, kind)} if kind in (int, float) else keywords


def _number(flag: str, kind: type, text: str) -> int | float:
    try:
        number: int | float = kind(text)
    except ValueError:
        raise BadSettings(f"{flag} {clip(text, 60)}: give {WORDS[kind][1]}") from None
    return number


def _numbers(flag: str, text: str) -> list[int]:
    try:
        return [int(word) for word in text.split(",")]
    except ValueError:
        told = "give whole numbers, commas between"
        raise BadSettings(f"{flag} {clip(text, 60)}: {told}") from None


def add_actions(
    parser: argparse.ArgumentParser, lines: Mapping[str, str], *, required: bool = True
) -> Mapping[str, argparse.ArgumentParser]:
    """Declares the actions of a command, each with its line; returns their parsers by name."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=required)
    more: Mapping[str, Any] = {"formatter_class": parser.formatter_class, "allow_abbrev": False}
    return {
        name: actions.add_parser(name, help=line, description=line, **more)
        for name, line in lines.items()
    }


def settings_of(cls: type[S], args: argparse.Namespace, **more: Any) -> S:
    """The settings that the options state. Raises BadSettings."""
    stated = {name: getattr(args, name) for name in options(cls) if hasattr(args, name)}
    if isinstance(stated.get("output"), list):
        del stated["output"]  # See outputs_of.
    return cls(**stated | more)
