"""Trains the policy that this package ships, and writes docs/results/training.md.

    python scripts/training.py [--folder DIR] [--iterations N] [--variants NAME ...]

Policies are stored in the folder; to resume an interrupted run, repeat the command. Trained alone,
on one core, the first policy takes about two minutes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import matplotlib.pyplot as plt
from pages import PAGES, ROOT, options

from memorygym.core.files import write_atomically
from memorygym.core.registry import names
from memorygym.core.track import version_of
from memorygym.reports.markdown import grid
from memorygym.runs.episode_result import Result
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.results import perform
from memorygym.runs.settings import BenchSettings
from memorygym.runs.tasks import Tasks
from memorygym.stats.comparisons import paired
from memorygym.stats.intervals import estimate, percent
from memorygym.training.learner import Learner
from memorygym.training.settings import Training
from memorygym.training.tasks import recipes

HELD_OUT = "movie"
"""The template that training never sees."""
TEMPLATES = [name for name in names("templates") if name != HELD_OUT]
SEEDS = {"trained": range(10), "held out": range(60)}
HALF = {"writes": "15"}
MAIN = "learned"
MANAGER = "memorygym.training.manager"
SHIPPED = ROOT / "src/memorygym/training/data/policy.json"
CURVE = ROOT / "docs/images/training.svg"
BASE = Training(parameters={"template": ",".join(TEMPLATES)}, iterations=200)
VARIANTS = {
    MAIN: BASE,
    "rewarded for breadth": replace(BASE, reward="breadth"),
    "half the budget": replace(BASE, parameters={**BASE.parameters, **HALF}),
}
"""By name: the settings of a policy."""
LAST = 10
"""Iterations that a mean of the curve is over."""
OTHERS = {
    "clairvoyant": "clairvoyant",
    "positional_expert": "positional_expert",
    "template_expert": "template_expert",
    "priority_strategic": "priority_strategic",
    "strategic": "strategic",
    "key records": f"{MANAGER}:key_records",
    "FIFO": f"{MANAGER}:fifo",
    "random": f"{MANAGER}:random",
    "untrained": f"{MANAGER}:untrained",
}
"""By label: the agents beside the policy."""
INTRODUCTION = """\
# A policy that learned what to keep

Written by `python scripts/training.py`. Version {version}. A network of {weights:,} weights decides
for each record whether to store its key attributes, the whole record or nothing, and for each
correction whether to update the note and whether to keep the former value; scripted hands write the
notes through the memory's tools. It was trained by a critic-free policy gradient (leave-one-out
advantages, clipped as in PPO) for {iterations} iterations of {episodes} episodes on tasks of the
split `train` of nine templates, tier standard, never on the template `{held_out}`. Its features are
read from the text alone. The tables are of tasks of the split `test`, played as text with the
memory `markdown`: composite, breadth (B), maintenance (M), reasoning (R) and efficiency (E) in %,
the 95 % interval over tasks, and the difference of `{main}` to each agent (paired by task).

`clairvoyant` knows the questions. `positional_expert` and `template_expert` are written by hand for
this track and read the brief, which says what most questions are about. The hands of `{main}` write
values without tags where that is shorter, as `positional_expert` does and `template_expert` does
not, so `key records` shows the hands without the learning: they store the key attributes of
every record, and update. `strategic` and FIFO do not read the brief.
"""


def main() -> int:
    """Trains what the folder lacks, plays the test split and writes the page."""
    parser = options("training", __doc__)
    parser.add_argument("--iterations", type=int, default=BASE.iterations)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=[*VARIANTS])
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    learners = {name: trained(name, args.folder, args.iterations) for name in args.variants}
    write_atomically(SHIPPED, [learners[MAIN].policy()])
    if len(learners) < len(VARIANTS):
        return 0
    draw(learners)
    write_atomically(PAGES / "training.md", ["\n".join(page(learners, args.folder)).encode()])
    return 0


def path_of(name: str, folder: Path) -> Path:
    """The file of a policy."""
    return folder / f"{name.replace(' ', '_')}.json"


def trained(name: str, folder: Path, iterations: int) -> Learner:
    """The trained policy of that name."""
    path, training = path_of(name, folder), replace(VARIANTS[name], iterations=iterations)
    learner = Learner.load(path, training) if path.exists() else Learner.new(training)

    def each(learner: Learner) -> None:
        if learner.iteration % 10 == 0:
            learner.save(path)
            print(f"{name}: iteration {learner.iteration}, mean score {learner.curve[-1]:.3f}")

    learner.train(each=each)
    learner.save(path)
    return learner


Scores = Mapping[str, Sequence[Result]]
"""By label of an agent: its results, in the order of tasks."""


def played(
    agents: Mapping[str, str], templates: str, seeds: range, split: str = "test", **sizes: str
) -> Scores:
    """The results of agents on tasks of a split."""
    tasks = recipes("worlds", split, seeds, template=templates, **sizes)
    evaluation = Evaluation(
        Tasks("worlds", tasks, {}, "worlds"), BenchSettings(agent=[*agents.values()])
    )
    results = perform(evaluation)
    by_agent = {
        label: [result for result in results.results if result.place.agent == spec]
        for label, spec in agents.items()
    }
    assert all(len(rows) == len(tasks) for rows in by_agent.values())
    return by_agent


def page(learners: Mapping[str, Learner], folder: Path) -> Iterator[str]:
    """The lines of the page."""
    learner = learners[MAIN]
    training = learner.training
    yield INTRODUCTION.format(
        version=version_of("worlds"),
        held_out=HELD_OUT,
        main=MAIN,
        weights=sum(w.size for w in learner.weights.values()),
        iterations=training.iterations,
        episodes=training.groups * training.group,
    )
    files = {name: f"{MANAGER}:learned:policy={path_of(name, folder)}" for name in VARIANTS}
    agents = {MAIN: files[MAIN], **OTHERS}
    for title, templates, seeds in (
        ("The nine templates of training, new tasks", ",".join(TEMPLATES), SEEDS["trained"]),
        (f"The held-out template, {HELD_OUT}", HELD_OUT, SEEDS["held out"]),
    ):
        yield f"\n## {title}\n"
        yield table(played(agents, templates, seeds))
    yield "\n## Learning curve\n\n![mean reward by iteration](../images/training.svg)\n"
    yield "Mean reward at the end, in %, of the episodes trained on, over ten iterations:\n"
    yield curve(learners)
    yield "\n## Ablations: trained otherwise, on the same test tasks\n"
    yield table(played(files, ",".join(TEMPLATES), SEEDS["trained"]))
    yield "\n## Half the budget of writes and tokens\n"
    half = {name: files[name] for name in (MAIN, "half the budget")}
    half |= {
        name: OTHERS[name]
        for name in ("positional_expert", "template_expert", "priority_strategic")
    }
    yield table(played(half, ",".join(TEMPLATES), SEEDS["trained"], **HALF))
    yield ""


def table(scores: Scores) -> str:
    """A table of agents, best first."""
    by_task = {
        label: {f"{r.place.template}-{r.place.seed}": r.score.composite for r in rows}
        for label, rows in scores.items()
    }
    lines = []
    for label in sorted(by_task, key=lambda label: -sum(by_task[label].values())):
        parts = [row.score.axes for row in scores[label]]
        axes = (fmean(100 * (part[axis] or 0) for part in parts) for axis in parts[0])
        gap = paired(by_task[MAIN], by_task[label]).in_points.removesuffix(" points")
        composite = percent(estimate([*by_task[label].values()]), plus_minus=" ± ")
        cells = [f"{axis:.1f}" for axis in axes]
        lines.append([label, composite, *cells, "" if label == MAIN else gap])
    heads = ["agent", "composite", "B", "M", "R", "E", f"{MAIN} − it"]
    return f"{grid(heads, lines)}\n\n{len(by_task[MAIN])} tasks."


def curve(learners: Mapping[str, Learner]) -> str:
    """The curves as a table."""
    length = len(learners[MAIN].curve)
    ends = sorted(end for end in {10, 20, 40, *range(50, length, 50), length} if end <= length)
    curves = {name: means(learner) for name, learner in learners.items()}
    rows = [[name, *(f"{curve[end - 1]:.1f}" for end in ends)] for name, curve in curves.items()]
    return grid(["iterations", *map(str, ends)], rows)


def means(learner: Learner) -> list[float]:
    """By iteration: the mean of the curve over the last ones, in %."""
    curve = learner.curve
    return [
        100 * sum(curve[max(0, end - LAST) : end]) / min(end, LAST)
        for end in range(1, len(curve) + 1)
    ]


def draw(learners: Mapping[str, Learner]) -> None:
    """Draws the learning curves."""
    plt.rcParams["svg.hashsalt"] = "memorygym"
    figure, axes = plt.subplots(figsize=(7, 3.5))
    for name, learner in learners.items():
        axes.plot(means(learner), label=name)
    axes.set_xlabel("iteration")
    axes.set_ylabel("mean reward of training episodes (%)")
    axes.legend()
    figure.tight_layout()
    figure.savefig(CURVE, metadata={"Date": None})


if __name__ == "__main__":
    raise SystemExit(main())
