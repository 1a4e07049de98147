"""Typed grading: compares the one claim of an answer with the one right answer, without a model."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memorygym.scoring.grading.repair import repairable as repairable
    from memorygym.scoring.grading.truths import UnreadableTruth as UnreadableTruth
    from memorygym.scoring.grading.truths import parse as parse
    from memorygym.scoring.grading.verdict import grade as grade

_PLACES = {
    "UnreadableTruth": "truths", "grade": "verdict", "parse": "truths", "repairable": "repair",
}  # fmt: skip
"""By public name: the module that states it, which is imported when it is first asked for."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    return found
