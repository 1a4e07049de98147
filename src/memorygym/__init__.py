"""MemoryGym measures the memory of LLM agents: what they keep, keep current, and use."""

TYPE_CHECKING = False  # Type checkers read it as true; `typing` itself would take 20 ms.
if TYPE_CHECKING:
    from memorygym.core.errors import MemoryGymError as MemoryGymError
    from memorygym.core.errors import Refused as Refused
    from memorygym.core.track import Track as Track
    from memorygym.core.types import Entry as Entry
    from memorygym.core.types import Memory as Memory
    from memorygym.core.types import MemoryContext as MemoryContext
    from memorygym.core.types import Message as Message
    from memorygym.core.types import Policy as Policy
    from memorygym.core.types import Task as Task
    from memorygym.core.types import Tool as Tool
    from memorygym.memrm.judge import judge_compaction as judge_compaction
    from memorygym.reports.api import compare as compare
    from memorygym.reports.api import evaluate as evaluate
    from memorygym.reports.api import load_results as load_results
    from memorygym.reports.results import Results as Results
    from memorygym.reports.survival import SurvivalReport as SurvivalReport
    from memorygym.testing import check_memory as check_memory
    from memorygym.testing import check_policy as check_policy
    from memorygym.testing import check_track as check_track

__version__ = "0.1.0"
_PLACES = {
    "core.errors": ("MemoryGymError", "Refused"),
    "core.track": ("Track",),
    "core.types": ("Entry", "Memory", "MemoryContext", "Message", "Policy", "Task", "Tool"),
    "memrm.judge": ("judge_compaction",),
    "reports.api": ("compare", "evaluate", "load_results"),
    "reports.results": ("Results",),
    "reports.survival": ("SurvivalReport",),
    "testing": ("check_memory", "check_policy", "check_track"),
}
"""By module: the public names that it states. Each is imported when it is first asked for."""
_PUBLIC = {name: module for module, names in _PLACES.items() for name in names}
__all__ = [*_PUBLIC, "__version__"]  # noqa: PLE0604  # The names are strings.


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _PUBLIC:
        raise AttributeError(f"module 'memorygym' has no attribute {name!r}")
    found: object = getattr(import_module(f"memorygym.{_PUBLIC[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
