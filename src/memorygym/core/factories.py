"""The arguments of factories: the values that a spec gives, and those that are missing."""

from collections.abc import Mapping, Sequence
from inspect import Parameter, signature
from types import BuiltinFunctionType
from typing import Any, get_args

from memorygym.core.errors import BadSettings, UnknownPart


def accepts(factory: Any, arguments: Sequence[object], parameters: dict[str, object]) -> bool:
    """Whether a factory can be called with these arguments and parameters alone."""
    if arguments and isinstance(factory, BuiltinFunctionType):
        return False  # Such as os.system, which would take anything.
    try:
        signature(factory).bind(*arguments, **parameters)
    except TypeError:  # It is not callable, or needs others.
        return False
    except ValueError:  # Some C functions have no signature.
        pass
    return True


def unmet(kind: str, spec: str, factory: Any, parameters: Mapping[str, object]) -> str:
    """Which arguments a factory needs that nobody gives, and what to do."""
    if isinstance(factory, BuiltinFunctionType):
        return "it is a function in C, whose arguments are not known; give a class of your own"
    missing = [name for name in _settable(factory, required=True) if name not in parameters]
    beside = ""
    if kind == "agents":  # The first one receives the task.
        missing, beside = missing[1:] or missing, " beside the task"
    if not missing:
        return "its arguments cannot be given by name; give each a default"
    values = "".join(f":{name}=…" for name in missing)
    return (
        f"it needs the argument{'s' * (len(missing) > 1)} {', '.join(missing)}{beside}; give"
        f" {'values' if len(missing) > 1 else 'a value'}, as in {spec}{values}, or a default"
    )


def set_parameters(subject: str, factory: Any, values: Mapping[str, str]) -> dict[str, object]:
    """The parameters of a spec, converted to the types that the factory declares.

    Raises UnknownPart, with the nearest name, for a parameter that the factory does not have, and
    BadSettings for a value of the wrong type.
    """
    accepted = _settable(factory) if values else {}
    if values and not accepted:
        raise BadSettings(f"{subject} has no parameters, so no {', '.join(values)}")
    for name in values:
        if name not in accepted:
            raise UnknownPart(f"parameter of {subject}", name, accepted)
    return {
        n: _value(f"{subject}: {n}", accepted[n].annotation, text) for n, text in values.items()
    }


def parameters_of(factory: Any) -> dict[str, Parameter]:
    """The parameters of a factory that have a default, by name."""
    return {n: p for n, p in _settable(factory).items() if p.default is not Parameter.empty}


def _settable(factory: Any, *, required: bool = False) -> dict[str, Parameter]:
    """The parameters of a factory that a spec may set, or only those without a default."""
    kinds = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    return {
        name: parameter
        for name, parameter in signature(factory, eval_str=True).parameters.items()
        if parameter.kind in kinds and not (required and parameter.default is not Parameter.empty)
    }


def _value(name: str, annotation: Any, text: str) -> object:
    """A parameter's text, converted to its annotated type if that is bool, int or float."""
    kinds = get_args(annotation) or (annotation,)
    if type(None) in kinds and text == "none":
        return None
    if bool in kinds:
        if text not in ("true", "false"):
            raise BadSettings(f"{name}={text}: give true or false")
        return text == "true"
    for kind, expected in ((int, "a whole number"), (float, "a number")):
        if kind in kinds:
            try:
                return kind(text)
            except ValueError:
                raise BadSettings(f"{name}={text}: give {expected}") from None
    return text
