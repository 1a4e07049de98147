"""An evaluation: the job in which agents or a model play a track."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import cpu_count

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core.errors import BadSettings
from memorygym.core.trace import Trace
from memorygym.core.track import Invariant, PlayedEpisode, find
from memorygym.core.types import JSON, Policy, Task
from memorygym.runs.engine import Job, perform
from memorygym.runs.episode_result import Played, Result, ResultOptions
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import GivenObject, identities, sendable
from memorygym.runs.settings import BenchSettings
from memorygym.runs.systems import AgentSystem, SystemPlayer
from memorygym.runs.systems import played as play_labelled
from memorygym.runs.tasks import Limits


@dataclass(frozen=True, slots=True)
class Evaluation(Job):
    """The agents of an evaluation, and their memory."""

    settings: BenchSettings
    """`agent` names scripted agents, or the one model of `model_roles`."""
    objects: Sequence[GivenObject] = ()
    """The agents and the memory that were passed as objects."""

    @property
    def repeats(self) -> int:
        return self.settings.repeats

    @property
    def limits(self) -> Limits:
        """The limits that are set in place of the tasks'."""
        return Limits(**{name: getattr(self.settings, name) for name in Limits.__slots__})

    def players(self, model_roles: ModelRoles) -> list[SystemPlayer]:
        """One system for each agent."""
        objects, memory = {part.name: part for part in self.objects}, self.settings.memory
        agents = self.settings.agent or ()
        return [AgentSystem(a, memory, self.limits, model_roles, objects) for a in agents]

    def _parts(self) -> Iterator[tuple[str, str]]:
        """The parts by kind and spec, objects and models left out."""
        passed = {part.name for part in self.objects}.union(self.model_roles.models)
        own, memory = agents_of(find(self.tasks.track)), self.settings.memory
        yield "tracks", self.tasks.track
        yield from [("memory", memory)] if memory not in passed else ()
        yield from (("agents", a) for a in self.settings.agent or () if a not in {*own, *passed})

    def recipe(self) -> Mapping[str, JSON]:
        own = identities(self._parts(), self.objects)
        return {"kind": "bench", **self.settings.recipe(), **own}

    def options(self, wanted: ResultOptions) -> ResultOptions:
        """With the figures of the self-test, if it runs. Raises BadSettings if there is none."""
        if not self.settings.validate:
            return wanted
        if test := find(self.tasks.track).self_test:
            return replace(wanted, inspect=test.inspect)
        raise BadSettings(
            f"--validate: the track {self.tasks.track} has no self-test; leave the option out"
        )

    def beside(self, ended: Sequence[Played]) -> tuple[Sequence[Invariant], Sequence[Result]]:
        """The invariants of the self-test if it is asked for; the references beside a model."""
        invariants = self._invariants(ended) if self.settings.validate else ()
        return invariants, self._references() if self.model_roles.models and ended else ()

    def _invariants(self, played: Sequence[Played]) -> Sequence[Invariant]:
        """The invariants of the track's self-test, over episodes played with its `inspect`."""
        test = find(self.tasks.track).self_test
        assert test

        def again(task: Task, agent: str, around: Callable[[Policy], Policy] | None) -> Trace:
            player = AgentSystem(agent, self.settings.memory, self.limits)
            policy = around(player.policy(task)) if around else player.policy(task)
            labels = player.system.labels(task.track, 0)
            return play_labelled(player.begin(task, []), policy, task, labels)

        return test.validate(
            self.tasks.recipes,
            [
                PlayedEpisode(place.agent, *place.task, episode.result.score, episode.measures)
                for episode in played
                for place in [episode.result.place]
            ],
            again,
        )

    def _references(self) -> list[Result]:
        """The track's lower bound, upper bound and best scripted agent, on the same tasks."""
        roles = find(self.tasks.track).references
        # The model plays no reference; were it sent to the processes, it would have to be pickled.
        held = [part for part in self.objects if part.name == self.settings.memory]
        settings = replace(self.settings, agent=[*roles.values()], repeats=1, validate=False)
        references = replace(self, settings=settings, objects=held, model_roles=ModelRoles())
        workers = cpu_count() or 1 if sendable(held) else 1
        played = perform(references, ResultOptions(causes=False), workers=workers)
        return [episode.result for episode in played if isinstance(episode, Played)]
