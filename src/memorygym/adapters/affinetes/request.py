"""The checked request of a caller; only built-in parts are ever loaded."""

import json
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import version_of
from memorygym.core.types import JSON, Task
from memorygym.runs.settings import checked_salt
from memorygym.tracks.worlds.generator.tiers import TIERS
from memorygym.tracks.worlds.settings import WorldsSettings

FIRST = "company"
"""The domain if the caller names none."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """A task, and the memory that it is played with."""

    settings: WorldsSettings
    memory: str

    def facts(self, task: Task) -> dict[str, JSON]:
        """The fields about the episode in every answer; a secret is mentioned, not shown."""
        settings = self.settings
        return {
            "template": settings.template,
            "seed": settings.seed,
            "tier": settings.tier,
            "backend": self.memory,
            "salted": bool(settings.salt),
            "version": version_of(task.track),
            "events": len(task.events),
        }


def choice_of(
    task_id: object, seed: object, template: object, tier: object, backend: object, salt: object
) -> Choice:
    """The task that was asked for: by task id, or else by `template` and `seed`.

    Raises UnknownPart or BadSettings.
    """
    # The registry also takes `package.module:object`, which would let a caller run any code.
    domain = None if template is None else registry.require_name("domains", str(template))
    if task_id is not None:
        meant, seed = where(_whole("task_id", task_id))
        if domain not in (None, meant):
            raise BadSettings(
                f"task_id {task_id} is of the template {meant}, not {domain}; leave template out"
            )
        domain = meant
    if tier not in tuple(TIERS):
        raise UnknownPart("tier", str(tier), TIERS)
    secret = "" if salt is None else checked_salt(str(salt), "salt")
    chosen = WorldsSettings(domain or FIRST, _whole("seed", seed), str(tier), salt=secret)
    return Choice(chosen, registry.require_name("memory", str(backend)))


def where(task_id: int) -> tuple[str, int]:
    """Template and seed of a task id: ids run through all templates with seed 0, then seed 1, …

    >>> where(0), where(9), where(10)
    (('agentteam', 0), ('university', 0), ('agentteam', 1))
    """
    seed, place = divmod(task_id, len(_domains()))
    return _domains()[place], seed


@cache
def _domains() -> list[str]:
    """The built-in domains; one of another package must not shift the ids."""
    names = registry.names("domains")
    return [name for name in names if registry.is_built_in("domains", name)]


def seconds_of(timeout: object) -> float:
    """The timeout as seconds. Raises BadSettings."""
    if isinstance(timeout, (int, float)) and not isinstance(timeout, bool) and timeout > 0:
        return float(timeout)
    raise BadSettings(f"timeout {timeout!r}: give seconds, more than 0")


def sendable(value: T) -> T:
    """The value after JSON; lone surrogates, which no body can carry, become `?`."""
    text: T = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return text


def _whole(name: str, value: object) -> int:
    if type(value) is int and value >= 0:
        return value
    raise BadSettings(f"{name} {value!r}: give a whole number from 0")
