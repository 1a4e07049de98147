"""A track whose tasks are generated: the fields of its settings are its parameters, each with its
bounds and its meaning.

A parameter is text after the track's name, as in `research:hops=2,4:tokens=20k`. If one lists
several numbers, the tasks alternate between them.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields
from functools import partial
from itertools import product
from typing import Any, TypeAlias

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import Instances
from memorygym.datasets.instances.loader import lengths, tasks_of
from memorygym.tracks._qa.defaults import verified

Choices: TypeAlias = range | tuple[str, ...]
REVEALED = "immediate"
"""The choice of `reveal_option` that has a briefing."""


def generated(
    name: str, settings: type, instances: Instances, **verification: Callable[..., Any]
) -> dict[str, Any]:
    """The fields of a track that makes such instances from parameters; `verification` has further
    arguments of its verification."""
    return {
        "name": name,
        "tasks": tasks_of(instances),
        "parameters": partial(meanings, settings),
        "instances": instances,
        "verify": partial(verified, instances.verification, **verification),
    }


def option(usual: int | str | tuple[int, ...], about: str, choices: Choices) -> Any:
    """A field of settings that is a parameter of the track.

    The usual value of a number may be text that lists several; the field then has no default.
    """
    default = MISSING if isinstance(usual, str) and isinstance(choices, range) else usual
    return field(default=default, metadata={"usual": usual, "about": about, "choices": choices})


def reveal_option() -> Any:
    """The field that says when an agent learns what is asked at the end."""
    about = "delayed: what is asked is shown only at the end, not also in a briefing at the start"
    return option(REVEALED, about, (REVEALED, "delayed"))


def meanings(settings: type) -> dict[str, str]:
    """The parameters, each with its meaning and its usual value."""
    options = sorted(_options(settings).items())
    return {name: f"{o.metadata['about']} ({_text(o.metadata['usual'])})" for name, o in options}


def strata(track: str, settings: type, parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields that parameters set, once for each combination of listed numbers.

    Raises UnknownPart or BadSettings.
    """
    options = _options(settings)
    texts = {name: o.metadata["usual"] for name, o in options.items() if o.default is MISSING}
    for name, text in parameters.items():
        if (field_name := name.replace("-", "_")) not in options:
            raise UnknownPart(f"parameter of the track {track}", name, options)
        texts[field_name] = text
    values = {name: _values(o, texts[name]) for name, o in options.items() if name in texts}
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


def check(settings: Any) -> None:
    """Raises BadSettings with the possible values if a field has another one."""
    for name, item in _options(type(settings)).items():
        value, choices = getattr(settings, name), item.metadata["choices"]
        if any(part not in choices for part in (value if isinstance(value, tuple) else (value,))):
            ends = (f"{choices[0]:,}", f"{choices[-1]:,}") if isinstance(choices, range) else ()
            possible = " to ".join(ends) or " or ".join(choices)
            raise BadSettings(f"{name} {_text(value)}: give {possible}")


def _options(settings: type) -> dict[str, Field[Any]]:
    return {item.name: item for item in fields(settings) if "choices" in item.metadata}


def _values(item: Field[Any], text: str) -> list[Any]:
    """The values of a field that a parameter lists."""
    if isinstance(item.default, str):
        return [text]
    if item.name == "tokens":
        return lengths(text)
    try:
        numbers = tuple(map(int, text.split(",")))
    except ValueError:
        raise BadSettings(f"{item.name} {text!r}: give whole numbers, as in 1,2,3") from None
    if isinstance(item.default, tuple):
        return [numbers]
    if len(set(numbers)) < len(numbers):
        raise BadSettings(f"{item.name} {text}: a number is given more than once")
    return list(numbers)


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)
