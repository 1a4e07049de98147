"""The card of a data set: what it holds, how it was made, and how it is to be read."""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from memorygym import __version__
from memorygym.core.trace import CANARY
from memorygym.training.data import SPLIT, DataSummary
from memorygym.training.settings import OUT, DataSettings

BAR = 40
"""Characters of the longest bar."""
FORMS = {
    "openai": "JSON lines of `messages` and `tools`, as OpenAI-compatible endpoints take them."
    " Every call has an id of its own and exactly one message of the role `tool` with its result.",
    "sharegpt": "JSON lines of `conversations` (`from`, `value`): a turn `system`, then `human` and"
    " `gpt` in alternation. The system turn describes the tools, calls stand in `<tool_call>` tags"
    " and results in `<tool_result>` tags, in the words that `memorygym bench --tools text` shows a"
    " model. `tools` repeats the tools as JSON, for information.",
}
RESET = (
    "Each row is one context: what the agent saw from one reset of its context to the next, with"
    " the system message and what its memory showed. Only the memory joins the rows of an episode."
)
JOINED = (
    "Each row is a whole episode, its contexts one after the other. When the agent replied it saw"
    " only the current one: isolation is simulated here, and a model that is trained on these rows"
    " can look back at what it should remember. `--segments` writes a row for each context."
)


def card_path(output: Path) -> Path | None:
    """Where the card of a file stands: beside it; rows that go to a pipe or a device have none."""
    has_card = output.is_file() or not output.exists()
    return output.with_name(f"{output.name}.card.md") if has_card else None


def repeated(settings: DataSettings) -> str:
    """The command that makes the same data set; the name of its file is left out."""
    words = ["python", "-m", "memorygym.training", "data"]
    for name in settings.given():
        if name not in OUT.split():
            value = getattr(settings, name)
            words += [settings.spelled(name), *([] if value is True else [str(value)])]
    return shlex.join([*words, "-o", "FILE"])


def card(summary: DataSummary, name: str, command: str) -> str:
    """The card of the file of that name, as Markdown with a header that hubs read."""
    form = summary.options.format
    return "\n".join(
        [
            "---",
            "license: apache-2.0",
            "task_categories: [text-generation]",
            "tags: [agents, memory, tool-use, synthetic]",
            "---",
            "",
            f"# {name}",
            "",
            f"Made with memorygym {__version__} by",
            "",
            f"    {command}",
            "",
            "| | |",
            "| --- | --- |",
            *(f"| {title} | {value} |" for title, value in _facts(summary)),
            "",
            "Every episode was really played: each tool result is what the memory or the"
            " environment returned, and every budget was enforced. The agents that ship with"
            " memorygym are scripts that decide from the messages before each reply; those that"
            f" know the answers are refused. The tasks are of the split `{SPLIT}`, whose seeds make"
            " no task of the public or a private test set.",
            "",
            "## Rows",
            "",
            RESET if summary.options.segments else JOINED,
            "",
            f"Format `{form}`: {FORMS[form]} Neighbouring messages of the user are joined, as a"
            " model is sent them. An empty reply is the agent's sign that it is done with an event."
            " `mask` holds a 1 for each reply to train on and a 0 for everything else: only what"
            " the agent replied is trained, and each reply in one row. `metadata` names the task,"
            " the agent and the score (0 to 1) of its episode.",
            "",
            "## Tokens of a row",
            "",
            "```",
            *bars(lengths(summary)),
            "```",
            "",
            "Counted by `memorygym.core.tokens`, which approximates the tokenizers of language"
            " models; tool descriptions are not counted.",
            "",
            "## Licence",
            "",
            "The texts come from a track. Those of memorygym's own tracks are generated, state"
            " invented things, and stand under its licence, Apache-2.0.",
            "",
            "## Canary",
            "",
            f"Every row holds `{CANARY}`. These tasks are for training; the mark shows that a model"
            " was trained on memorygym, so that its scores there are read as those of a trained"
            " model.",
            "",
        ]
    )


def _facts(summary: DataSummary) -> Iterator[tuple[str, str]]:
    options, kept = summary.options, summary.kept
    stated = "".join(f":{name}={value}" for name, value in options.parameters.items())
    yield "version of the track", kept[0].version
    yield "tasks", f"{options.track}{stated}, seeds {options.seeds[0]} to {options.seeds[-1]}"
    limit = options.limits.capacity
    yield "memory", options.memory + (f", at most {limit:,} tokens" if limit else "")
    for agent in options.agents:
        scores = [each.score for each in kept if each.agent == agent]
        mean = f", mean score {100 * sum(scores) / len(scores):.1f}" if scores else ""
        yield f"agent `{agent}`", f"{len(scores)} episodes{mean}"
    if options.min_score:
        lowest = f"{100 * options.min_score:g}"
        yield "left out", f"{len(summary.left_out)} episodes with a score below {lowest}"
    if summary.failures:
        yield "failed", f"{len(summary.failures)} episodes"
    yield "rows", f"{sum(len(each.lengths) for each in kept):,}"
    tokens = sum(sum(each.lengths) for each in kept)
    yield "tokens", f"{tokens:,}, of which {sum(each.trained for each in kept):,} are trained on"


def lengths(summary: DataSummary) -> dict[str, int]:
    """How many rows there are of each length, in doubling ranges of tokens."""
    sizes = [length for each in summary.kept for length in each.lengths]
    counts = Counter(length.bit_length() for length in sizes)
    return {
        f"{2 ** (bits - 1):,} to {2**bits - 1:,}": counts[bits]
        for bits in range(min(counts), max(counts) + 1)
    }


def bars(counts: Mapping[str, int]) -> Iterable[str]:
    """A histogram as text: a line for each name, with a bar and the number.

    >>> print(*bars({"one": 2, "three": 1}), sep="\\n")
    one    ######################################## 2
    three  #################### 1
    """
    wide, most = max(map(len, counts)), max(counts.values()) or 1
    for name, number in counts.items():
        bar = "#" * -(-BAR * number // most)
        yield f"{name:<{wide}}  {bar}{' ' * bool(bar)}{number}"
