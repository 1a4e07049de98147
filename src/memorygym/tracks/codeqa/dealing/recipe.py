"""Which instances a run deals: number by number, each drawn again until its proof accepts it."""

from dataclasses import dataclass
from typing import Any

from memorygym.core import JSON
from memorygym.errors import BadSettings
from memorygym.tokens import short
from memorygym.tracks.codeqa.dealing.choosing import NoQuestion
from memorygym.tracks.codeqa.dealing.deal import deal
from memorygym.tracks.codeqa.dealing.instance import instance_of
from memorygym.tracks.codeqa.dealing.real import deal_folder
from memorygym.tracks.codeqa.dealing.settings import SYNTH, Settings

ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one instance is made."""

    settings: Settings
    seed: int
    """The number of the instance."""
    stream: int = 0
    """The seed of the run."""

    @property
    def template(self) -> str:
        """The stratum: where the code comes from, and how long it is."""
        name = self.settings.source.rstrip("/").rpartition("/")[2]
        return f"{name}-{short(self.settings.tokens)}"

    def knobs(self) -> dict[str, JSON]:
        return self.settings.to_json()

    def instance(self) -> dict[str, Any]:
        """The instance with its verification. Raises BadSettings if none is accepted."""
        from memorygym.tracks.codeqa.proving import verification

        failed: dict[str, int] = {}
        for attempt in range(ATTEMPTS):
            try:
                make = deal if self.settings.source == SYNTH else deal_folder
                dealt = make((self.stream, self.seed), attempt, self.settings)
            except NoQuestion as error:
                failed[str(error)] = failed.get(str(error), 0) + 1
                continue
            made = instance_of(dealt, self.settings, self.seed, attempt)
            verdict = verification(made)
            if verdict["accepted"]:
                return made | {"verification": verdict}
            for name, check in verdict["checks"].items():
                failed[name] = failed.get(name, 0) + (not check["ok"])
        told = ", ".join(f"{name} {times}×" for name, times in failed.items() if times)
        raise BadSettings(f"instance {self.seed} failed {ATTEMPTS} times: {told}")
