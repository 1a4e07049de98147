"""An evaluation: the job in which agents or a model play a track."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import cpu_count

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core.errors import BadSettings
from memorygym.core.trace import Trace
from memorygym.core.track import Invariant, PlayedEpisode, find
from memorygym.core.types import JSON, Policy, Task
from memorygym.runs.engine import Job, perform
from memorygym.runs.episode_result import Played, Result, ResultOptions
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import Given, identities, sendable
from memorygym.runs.systems import AgentSystem, SystemPlayer
from memorygym.runs.systems import played as play_labelled
from memorygym.runs.tasks import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Job):
    """The agents of an evaluation, and their memory."""

    agents: tuple[str, ...]
    """Scripted agents, or the name of the one model of `model_roles`."""
    memory: str = "markdown"
    limits: Limits = field(default_factory=Limits)
    validate: bool = False
    """Whether the track's self-test runs."""
    objects: Sequence[Given] = ()
    """The agents and the memory that were passed as objects."""

    def players(self, model_roles: ModelRoles) -> list[SystemPlayer]:
        objects = {part.name: part for part in self.objects}
        return [
            AgentSystem(agent, self.memory, self.limits, model_roles, objects)
            for agent in self.agents
        ]

    def _parts(self) -> Iterator[tuple[str, str]]:
        """The parts by kind and spec, objects and models left out."""
        passed = {part.name for part in self.objects}.union(self.model_roles.models)
        own = agents_of(find(self.tasks.track))
        yield "tracks", self.tasks.track
        yield from [("memory", self.memory)] if self.memory not in passed else ()
        yield from (("agents", name) for name in self.agents if name not in {*own, *passed})

    def recipe(self) -> Mapping[str, JSON]:
        return {
            "kind": "bench",
            "agents": list(self.agents),
            "memory": self.memory,
            **self.limits.to_json(),
            **identities(self._parts(), self.objects),
        }

    def options(self, wanted: ResultOptions) -> ResultOptions:
        """With the figures of the self-test, if it runs. Raises BadSettings if there is none."""
        if not self.validate:
            return wanted
        if test := find(self.tasks.track).self_test:
            return replace(wanted, inspect=test.inspect)
        raise BadSettings(
            f"--validate: the track {self.tasks.track} has no self-test; leave the option out"
        )

    def beside(self, ended: Sequence[Played]) -> tuple[Sequence[Invariant], Sequence[Result]]:
        """The invariants of the self-test if it is asked for; the references beside a model."""
        invariants = self._invariants(ended) if self.validate else ()
        return invariants, self._references() if self.model_roles.models and ended else ()

    def _invariants(self, played: Sequence[Played]) -> Sequence[Invariant]:
        """The invariants of the track's self-test, over episodes played with its `inspect`."""
        test = find(self.tasks.track).self_test
        assert test

        def again(task: Task, agent: str, around: Callable[[Policy], Policy] | None) -> Trace:
            player = AgentSystem(agent, self.memory, self.limits)
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
        held = [part for part in self.objects if part.name == self.memory]
        references = replace(
            self,
            agents=tuple(roles.values()),
            objects=held,
            model_roles=ModelRoles(),
            repeats=1,
            validate=False,
        )
        workers = cpu_count() or 1 if sendable(held) else 1
        played = perform(references, ResultOptions(causes=False), workers=workers)
        return [episode.result for episode in played if isinstance(episode, Played)]
