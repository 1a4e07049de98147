"""Prints a digest of every task and trace of a small run; test_determinism compares what it prints.

Only the standard library and the package: it runs on any Python that the package supports.
"""

from hashlib import sha256

from memorygym.core import registry
from memorygym.core.track import TaskOptions, find
from memorygym.memories.markdown import Markdown
from memorygym.runs.systems import episode_for, played, policy_for
from memorygym.tracks.worlds.settings import WorldsSettings

AGENTS = ("strategic", "template_expert", "clairvoyant", "guesser", "smart_guesser")
GAMES = [(template, 7, "lite") for template in registry.names("templates")]
GAMES += [("company", 0, "multi"), ("city", 1, "hard")]


def main() -> None:
    for template, seed, tier in GAMES:
        task = WorldsSettings(template, seed, tier, salt="s").generate()
        print(template, seed, tier, task.id, sha256(repr(task).encode()).hexdigest())
        for agent in AGENTS:
            episode = episode_for(agent, task, Markdown)
            lines = played(episode, policy_for(agent, task), task, {"agent": agent}).lines()
            print(agent, sha256("\n".join(lines).encode()).hexdigest())
    for track in ("research", "codeqa"):
        (recipe,) = find(track).tasks(TaskOptions(range(5, 6), parameters={"tokens": "10k"}))
        print(track, sha256(repr(recipe.generate()).encode()).hexdigest())


if __name__ == "__main__":
    main()
