"""Results as tables that fit 80 columns."""

from collections.abc import Mapping, Sequence

from memorygym.core import registry
from memorygym.core.text import replace_controls, wrap_lines
from memorygym.core.trace import Trace
from memorygym.core.track import Invariant, find
from memorygym.runs.episode_result import Failure
from memorygym.runs.results.results_file import Document, ResultsComparison
from memorygym.runs.results.summary import Row, Summary
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.usage import Usage, limits_in
from memorygym.stats import Repeats, percent


def first_line(planned: int, failures: Sequence[Failure], stuck: int = 0) -> str:
    """How many episodes were scored, with how many events that ended stuck, and why the others
    were not.

    >>> first_line(20, [])
    '20 episodes: 20 scored; 0 failed at the provider, 0 at the memory, 0 excluded'
    """
    provider, memory = (
        sum(one.kind == kind for one in failures) for kind in ("provider", "memory")
    )
    scored = f"{planned - len(failures)} scored"
    scored += f", {stuck:,} {'event' if stuck == 1 else 'events'} stuck" if stuck else ""
    return (
        f"{planned} {'episode' if planned == 1 else 'episodes'}: {scored};"
        f" {provider} failed at the provider, {memory} at the memory, {len(failures)} excluded"
    )


COMPOSITE, ACCURACY = "composite", "accuracy"
"""What heads the first column: of agents, and of the systems of a comparison."""
MOST_AXES = 4
"""Parts of the composite that fit beside it."""


def results_table(
    found: Sequence[Summary],
    references: Mapping[str, Summary] | None = None,
    head: str = COMPOSITE,
) -> str:
    """One row an agent, then the references; what its figures mean, and what they can show."""
    # The named parts of the composite, in the order of the track.
    track, stated = found[0].track, [*found[0].axes]
    own = find(track).axes if track in registry.names("tracks") else ()
    axes = own if set(own) == set(stated) else stated
    letters = _letters(axes)
    # Parts that do not fit are told of each row below it.
    heads = (head, *letters[:MOST_AXES])
    rows = [f"{'agent':<19}" + "".join(f"{head:>11}" for head in heads) + f"{'abst':>6}"]
    rows += [line for one in found for line in _row(one, axes, letters)]
    if references:
        rows.append(f"scripted, on the same worlds: {', '.join(references)}")
        rows += [line for one in references.values() for line in _row(one, axes, letters)]
    worlds = max(one.worlds for one in found)
    named = [f"{letter} {axis}" for letter, axis in zip(letters, axes, strict=True)]
    first, *others = [*named, "abst refusals"]
    rows.append(
        f"{worlds} {'world' if worlds == 1 else 'worlds'}; shares in % with 95 % intervals,"
        f" clustered by world; {first},"
    )
    rows += wrap_lines(f"{', '.join(others)}.")
    if least := max(one.detectable or 0.0 for one in found):
        rows.append(detectable_text(least))
    return "\n".join(rows)


def _letters(axes: Sequence[str]) -> list[str]:
    """The first letter of each, or as many letters as tell them apart.

    >>> _letters(["breadth", "maintenance"]), _letters(["retrieval", "reasoning", "update"])
    (['B', 'M'], ['RET', 'REA', 'UPD'])
    """
    longest = max(map(len, axes), default=1)
    for size in range(1, longest):
        heads = [axis[:size].upper() for axis in axes]
        if len(set(heads)) == len(axes):
            return heads
    return [axis.upper() for axis in axes]


def detectable_text(least: float) -> str:
    """The least difference that these worlds show, in words."""
    if least > 1:
        return "So few worlds cannot tell agents apart (`memorygym power`)."
    return (
        f"Two agents on these worlds must differ by {100 * least:.1f} points to be told apart\n"
        "(80 % power, correlation .5; `memorygym power`)."
    )


def _row(one: Summary, axes: Sequence[str], letters: Sequence[str]) -> list[str]:
    figures = [one.composite, *(one.axes.get(axis) for axis in axes[:MOST_AXES])]
    cells = [f"{percent(figure):>11}" for figure in figures]
    refusals = percent(one.correct_refusals, plus_minus=None)
    more = zip(letters[MOST_AXES:], axes[MOST_AXES:], strict=True)
    told = [f"{letter} {percent(one.axes.get(axis))}" for letter, axis in more]
    lines = _named(one.who, f"{''.join(cells)}{refusals:>6}")
    return [*lines, f"{'':<19}  {', '.join(told)}"] if told else lines


def _named(who: str, rest: str) -> list[str]:
    """A row; a name that is too long for its column has a line of its own."""
    name = replace_controls(who)
    return [f"{name:<19}{rest}"] if len(name) < 19 else [name, f"{'':<19}{rest}"]


def heading(document: Document) -> str:
    """Under which contract and recipe the figures were made."""
    recipe = document["recipe"]
    parameters = [
        f"{name} {value}" for name, value in recipe["parameters"].items() if name != "template"
    ]
    parameters.sort(key=lambda told: not told.startswith("tier "))
    parts = [f"contract {document['version_hash']}", *parameters]
    budgets = ", ".join(f"{budget:,}" for budget in recipe.get("budgets", ()))
    parts += [f"memory {recipe['memory']}" if not budgets else f"comparison at {budgets} tokens"]
    parts += [f"{recipe['repeats']} repeats"] if recipe["repeats"] > 1 else []
    parts += ["judged"] if recipe["judge"] else []
    salt, tasks = recipe["salt"], "tasks of files" if recipe["data"] else "public seeds"
    return ", ".join([*parts, f"sealed by salt {salt[:12]}…" if salt else tasks])


def details(one: Summary, failures: Sequence[Row], cost: float | None) -> list[str]:
    """What a model's row leaves out: bounds, repeats, judge, tokens and cost."""
    lines = []
    if bounds := one.bounds(failures):
        low, high = (100 * bound for bound in bounds)
        lines.append(f"had every failed episode scored 0, or 1: {low:.1f} to {high:.1f}")
    if one.repeats:
        lines += _repeats_lines(one.repeats)
    if one.repaired:
        lines.append(f"answers that the judge alone accepted: {one.repaired}")
    if one.judged:
        lines.append(f"the judge and the typed grader: {one.judged}")
    for name, usage in one.usage.items():
        figures = (("prompt", usage.prompt), ("completion", usage.completion))
        told = (f"{'unknown' if n is None else format(n, ',')} {kind}" for kind, n in figures)
        lines.append(f"tokens at {name}: {', '.join(told)}, in {usage.calls:,} replies")
    if limits := _limits_text(sum(one.usage.values(), Usage(0, 0, 0, 0))):
        lines.append(limits)
    if one.usage:
        lines.append(f"cost: {'unknown' if cost is None else f'{cost:.4f} USD'}")
    return [f"{one.who}:", *(f"  {line}" for line in lines)] if lines else []


def _limits_text(usage: Usage) -> str:
    """How many replies are not whole, and why.

    >>> _limits_text(Usage(9, 0, 0, 0, cut=3, exceeded=1))
    '3 replies were cut at max_tokens, 1 request exceeded the context'
    """
    cut, exceeded = usage.cut, usage.exceeded
    told = (
        [f"{cut:,} {'reply was' if cut == 1 else 'replies were'} cut at max_tokens"] if cut else []
    )
    if exceeded:
        told.append(
            f"{exceeded:,} {'request' if exceeded == 1 else 'requests'} exceeded the context"
        )
    return ", ".join(told)


def _repeats_lines(found: Repeats) -> list[str]:
    k, sources = found.fewest, found.sources()
    shares = {
        "pass@1": found.pass_at(1), f"pass@{k}": found.pass_at(k), f"pass^{k}": found.pass_all(k)
    }  # fmt: skip
    told = ", ".join(f"{name} {percent(share)}" for name, share in shares.items())
    lines = [f"{k} repeats, in %: {told}"]
    if sources:
        between, within = sources
        lines.append(f"variance of answers: {between:.3f} between questions, {within:.3f} within")
    return lines


def against_text(found: Sequence[ResultsComparison], now: Document, before: Document) -> str:
    """By how much each agent is better than in an earlier results file."""
    sealed, public = now["recipe"]["salt"], before["recipe"]["salt"]
    what = {
        (False, True): "public minus sealed", (True, False): "sealed minus public",
    }.get((bool(sealed), bool(public)), "now minus before")  # fmt: skip
    lines = []
    for one in found:
        pair = one.agent if one.agent == one.other else f"{one.agent} minus {one.other}"
        how = "the same worlds, paired" if one.paired else "other worlds, unpaired"
        spans = "" if one.difference.shown else "; no difference shown"
        lines.append(f"{pair}, {what}: {one.difference.in_points}, {how}{spans}")
    return "\n".join(lines)


def causes_table(found: Sequence[Summary]) -> str:
    """Why misses were missed, by agent."""
    rows = []
    for one in found:
        if one.causes:
            said = ", ".join(f"{c} {n}" for c, n in sorted(one.causes.items(), key=lambda p: -p[1]))
            rows += _named(one.who, said)
    return "\n".join(["misses by cause", *rows]) if rows else ""


def invariants_table(rows: Sequence[Invariant]) -> str:
    """Name, value, bound, margin, verdict."""
    lines = [f"{'invariant':<40}{'value':>10}{'bound':>9}{'margin':>9}  verdict"]
    for row in rows:
        verdict = "holds" if row.holds else "FAILS"
        lines.append(
            f"{row.name[:39]:<40}{row.value:10.2f}{row.bound:9.2f}{row.margin:9.2f}  {verdict}"
        )
    failed = sum(not row.holds for row in rows)
    lines.append(
        f"{len(rows)} invariants, {failed} fail" if failed else f"{len(rows)} invariants, all hold"
    )
    return "\n".join(lines)


def questions_text(trace: Trace) -> str:
    """Each question with truth, answer, verdict and, if missed, the cause."""
    attribution = Attribution(trace)
    lines = []
    for outcome in outcomes(trace):
        q = outcome.goal
        mark = "right" if outcome.correct else f"WRONG ({attribution.cause(outcome)})"
        lines += [
            f"[event {q.event + 1}] {q.question_type}: {q.text}",
            f"    truth {q.truth} | answer {outcome.answer} | {mark}: {outcome.reason}",
            *(f"    {limit}" for limit in limits_in(trace, q.event)),
        ]
    return "\n".join(lines)
