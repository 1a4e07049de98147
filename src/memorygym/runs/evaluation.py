"""An evaluation as a job: agents or a model play a track, and the results are summed up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from os import cpu_count

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core.errors import BadSettings
from memorygym.core.trace import Trace
from memorygym.core.track import Invariant, PlayedEpisode, find
from memorygym.core.types import Policy, Task
from memorygym.runs.engine import Job, perform
from memorygym.runs.episode_result import Played, Result, ResultOptions
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import Given, identities
from memorygym.runs.settings import BenchSettings
from memorygym.runs.systems import AgentSystem, SystemPlayer
from memorygym.runs.systems import played as play_labelled
from memorygym.runs.tasks import Limits, Tasks


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The tasks, the agents and their memory."""

    tasks: Tasks
    settings: BenchSettings
    """`agent` names scripted agents, or the one model of `model_roles`."""
    model_roles: ModelRoles = field(default_factory=ModelRoles)
    objects: Sequence[Given] = ()
    """The agents and the memory that were passed as objects."""

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

    def job(self, wanted: ResultOptions | None = None) -> Job:
        """The run that plays the evaluation."""
        test = find(self.tasks.track).self_test
        validate = self.settings.validate
        if validate and not test:
            raise BadSettings(
                f"--validate: the track {self.tasks.track} has no self-test; leave the option out"
            )
        return Job(
            tasks=self.tasks,
            players=self.players,
            model_roles=self.model_roles,
            repeats=self.settings.repeats,
            recipe={
                "kind": "bench",
                **self.settings.recipe(),
                **identities(self._parts(), self.objects),
            },
            wanted=replace(
                wanted or ResultOptions(), inspect=test.inspect if test and validate else None
            ),
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
        settings = replace(self.settings, agent=[*roles.values()], repeats=1, validate=False)
        beside = replace(self, settings=settings, model_roles=ModelRoles())
        job = replace(beside.job(ResultOptions(causes=False)), workers=cpu_count() or 1)
        return [episode.result for episode in perform(job) if isinstance(episode, Played)]
