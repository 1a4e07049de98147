"""What the version of a track promises, as digests in one file beside the track.

`version.json` lies in the track's folder: its version, and a digest of each promise: tasks as shown
and their gold, outcomes of scripted agents and of memories, verdicts, token counts, prompts. A
promise that moves asks for a new version; a renamed variable moves none.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from memorygym.agents.reasoner_agent import agents_of
from memorygym.agents.text_protocol import as_text
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.files import json_bytes, write_atomically
from memorygym.core.json_values import json_hash
from memorygym.core.tokens import count
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions, TaskRecipe, Track
from memorygym.core.types import JSON, Message, Task, Tool
from memorygym.memories.markdown import Markdown
from memorygym.models.extractive import Extractive
from memorygym.models.model import Model, Reply
from memorygym.runs.comparison.memory_specs import plug_all
from memorygym.runs.comparison.run import MemorySystem
from memorygym.runs.comparison.system_specs import ComparisonLimits, systems
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.systems import AgentSystem
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.grading.verdict import grade
from memorygym.scoring.judge_prompts import PROMPTS

FILE = "version.json"
CASES = Path(__file__).parents[3] / "tests/cases"
"""The grading cases, which only a checkout has."""
NEW = " is not frozen"


def file_of_track(track: Track) -> Path:
    """The file with the promises of a track's version."""
    path = registry.file_of("tracks", track.name)
    if path is None:
        raise BadSettings(f"the track {track.name} has no folder that could hold {FILE}")
    module = Path(path)
    return module.with_name(FILE if module.name == "__init__.py" else f"{track.name}.{FILE}")


def stated(track: Track) -> Mapping[str, Any]:
    """The content of that file. Raises BadSettings if there is none, or it cannot be read."""
    path = file_of_track(track)
    try:
        content: Mapping[str, Any] = json.loads(path.read_bytes())
        content["version"], content["samples"], content["promises"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        spec = registry.remembered_specs().get(("tracks", track.name), track.name)
        why = "there is no such file" if isinstance(error, FileNotFoundError) else repr(error)
        raise BadSettings(
            f"{path}: states no promises of {track.version} ({why}); write it with"
            f" `memorygym verify --version --track {spec} --write`"
        ) from error
    return content


def broken(track: Track, *, quick: bool = False) -> list[str]:
    """The promises of a track's version that its code no longer keeps, a sentence each; `quick`
    checks one task of each sample and no episodes."""
    content = stated(track)
    if content["version"] != track.version:
        return [
            f"{file_of_track(track)} is of {content['version']}, and the track says"
            f" {track.version}: freeze the new version with --write"
        ]
    kept: Mapping[str, str] = content["promises"]
    now = dict(promises(track, content["samples"], quick=quick))
    problems = {name: "" for name in now if name in kept and kept[name] != now[name]}
    problems |= {name: NEW for name in now if name not in kept}
    # A memory may need an extra, the grading cases a checkout.
    gone = () if quick else (name for name in kept if name not in now and name != "verdicts")
    problems |= {name: " is gone" for name in gone if not name.startswith("memory ")}
    return [f"{track.version} promises otherwise: {name}{how}" for name, how in problems.items()]


def freeze(track: Track) -> Path:
    """Writes the promises of a new version. Raises BadSettings if those of this version differ."""
    path, samples = file_of_track(track), ["seeds=3"]
    if path.exists():
        frozen = stated(track)
        samples = frozen["samples"]
        moved = broken(track) if frozen["version"] == track.version else []
        if not all(sentence.endswith(NEW) for sentence in moved):
            raise BadSettings(f"{path}: {moved[0]}; give the track a new version, then freeze it")
    content: dict[str, JSON] = {
        "version": track.version,
        "samples": samples,
        "promises": dict(promises(track, samples)),
    }
    write_atomically(path, [json_bytes(content)])
    return path


def promises(
    track: Track, samples: Sequence[str], *, quick: bool = False
) -> Iterator[tuple[str, str]]:
    """The digest of each promise. A sample is a choice of tasks, as `tier=lite:seeds=4`."""
    chosen = {sample: _recipes(track, sample) for sample in samples}
    for sample, recipes in chosen.items():
        for recipe in recipes[:1] if quick else recipes:
            task, name = recipe.generate(), f"{recipe.template} {recipe.seed} {sample}".rstrip()
            yield f"task {name}", _digest(_shown(task))
            # What each goal needs, in sentences; right answers show in what agents score.
            needs = {e: sorted(text.split("\n")) for e, text in track.oracle(task).items()}
            yield f"gold {name}", _digest([[event, needs[event]] for event in sorted(needs)])
    if CASES.is_dir():
        yield "verdicts", _verdicts()
    if not (first := next(iter(chosen.values()), ())):
        return
    task = first[0].generate()
    yield "tokens", _digest([count(event.text) for event in task.events] + [count(task.system)])
    yield "prompts", _digest(_prompts(track, task))
    if not quick:
        yield from _played(track, [first[0], first[-1]])


def _recipes(track: Track, sample: str) -> Sequence[TaskRecipe]:
    parameters = dict(part.split("=", 1) for part in sample.split(":") if part)
    seeds = range(int(parameters.pop("seeds", "1")))
    return track.tasks(TaskOptions(seeds, "", {**track.official, **parameters}))


def _shown(task: Task) -> JSON:
    events: JSON = [[event.kind, event.text, event.session] for event in task.events]
    limits: JSON = {name: getattr(task.budget, name) for name in task.budget.__slots__}
    return [task.system, events, limits, task.state]


def _played(track: Track, recipes: Sequence[TaskRecipe]) -> Iterator[tuple[str, str]]:
    """The outcomes of every scripted agent, and of every memory under the first reasoner."""
    tasks = [recipe.generate() for recipe in recipes]
    for name in agents_of(track):
        yield f"agent {name}", _outcomes(tasks, AgentSystem(name).play)
    reasoner = next(iter(track.reasoners))
    for name in registry.names("memory"):
        if registry.is_built_in("memory", name):
            with suppress(BadSettings):  # It needs an extra.
                memories, model = plug_all([name]), Listener()
                # A reference plays in the row of recency, within its budget.
                system = systems(memories, ComparisonLimits(500))[-2]
                system = replace(system, memory=memories[name])
                player = MemorySystem(reasoner, system, ModelRoles(writing=model))
                digest = _outcomes(tasks, player.play)
                yield f"memory {name}", _digest([digest, model.asked])


def _outcomes(tasks: Sequence[Task], play: Callable[..., Trace]) -> str:
    traces = (play(task, 0, []) for task in tasks)
    return _digest([[o.score, o.answer] for trace in traces for o in outcomes(trace)])


class Listener(Model):
    """The offline model, and a digest of each prompt that it is given."""

    def __init__(self) -> None:
        self._model, self.asked = Extractive(""), list[JSON]()

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        self.asked.append(_digest([message.to_openai() for message in messages]))
        return self._model.complete(messages, tools)


@cache
def _verdicts() -> str:
    """The digest of the verdicts on all grading cases."""
    files = sorted(CASES.glob("grading_*.jsonl"))
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    return _digest(
        [
            [row["id"], grade(row["question_type"], row["truth"], row["answer"]).correct]
            for row in map(json.loads, lines)
        ]
    )


def _prompts(track: Track, task: Task) -> list[Any]:
    """What a model is shown beside the texts of a task."""
    tools = (*track.tools, *Markdown().tools)
    view = as_text([Message("system", task.system)], tools)
    judging = {name: str(prompt) for name, prompt in PROMPTS.items()}
    return [[tool.to_openai() for tool in tools], [m.to_openai() for m in view], judging]


def _digest(value: Any) -> str:
    return json_hash(value)[:12]
