"""Generates a task, plays it with a built-in agent within the real budgets, and scores it."""

from memorygym.core.episode import Episode, play
from memorygym.memories.markdown import Markdown
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes, score
from memorygym.tracks.worlds import TRACK
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.task import generate

task = generate("company", seed=0, tier="lite")
trace = play(Episode(WorldsEnv(task), Markdown), TRACK.agents["template_expert"].make(task))

for outcome in outcomes(trace):
    mark = "right" if outcome.correct else "wrong"
    print(f"{mark}  {outcome.goal.text}\n       truth: {outcome.goal.truth}")
    print(f"       answer: {outcome.answer}")
for outcome, cause in Attribution(trace).causes:
    print(f"missed because: {cause}: {outcome.goal.question_type}")
for axis, value in score(trace).axes.items():
    print(f"{axis:12} {value}")
print(f"{'composite':12} {score(trace).composite:.3f}")
