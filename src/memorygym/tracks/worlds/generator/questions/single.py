"""Question types about one entity and about its changed facts."""

from collections.abc import Callable, Container
from fractions import Fraction

from memorygym.tracks.worlds.facts import TREND_LABELS, Attribute
from memorygym.tracks.worlds.generator.gold import Change, Need
from memorygym.tracks.worlds.generator.question_sampler import PlannedQuestion, QuestionSampler

PLAIN = (
    "What does the record of {s} give for {l}?",
    "Please state the entry of {s} for {l}.",
)
TRICK = (
    "Do the documents give {s} an entry for {l}, and if so, which?",
    "Is there any entry of {s} for {l}? If there is, state it.",
)


def ask_plain(sampler: QuestionSampler, name: str, attribute: Attribute, *, trick: bool) -> str:
    """The text of a retrieval, update or abstention question; `trick` doubts the entry."""
    text = sampler.stream.choice(TRICK if trick else PLAIN)
    return text.format(l=sampler.label(attribute), s=name)


def retrieval(sampler: QuestionSampler, *, trick: bool = False) -> PlannedQuestion | None:
    """A fact that has not changed."""
    entity = sampler.entity()
    attribute = sampler.attribute("int", "float", "text", "enum", "date", "series")
    if (entity, attribute.code) in sampler.timeline.changed:
        return None
    text = ask_plain(sampler, sampler.name(entity), attribute, trick=trick)
    truth = sampler.show(entity, attribute.code)
    return PlannedQuestion(
        text, truth, (Need(entity, attribute.code),), (entity, attribute.code), attribute.choices
    )


def ratio(sampler: QuestionSampler) -> PlannedQuestion | None:
    """The quotient of two attributes, to two decimals."""
    labels = sampler.stream.choice(sampler.timeline.template.ratios)
    numerator, denominator = (
        next(a for a in sampler.guide.attributes if a.label == label) for label in labels
    )
    entity = sampler.entity()
    divisor = sampler.number(entity, denominator.code)
    if divisor == 0:
        return None
    value = Fraction(sampler.number(entity, numerator.code) * 10**denominator.decimals)
    value /= divisor * 10**numerator.decimals
    if value < 1:
        return None
    text = (
        f"For {sampler.name(entity)}, divide the entry for {sampler.label(numerator)} by the entry"
        f" for {sampler.label(denominator)}: what is the quotient, to two decimals?"
    )
    needs = (Need(entity, numerator.code), Need(entity, denominator.code))
    return PlannedQuestion(text, f"{float(value):.2f}", needs, (entity, numerator.code))


def trend_of(values: tuple[int, ...]) -> tuple[str, Fraction]:
    """The trend label of a series, and its change in percent of the first value."""
    change = Fraction(100 * (values[-1] - values[0]), values[0])
    steps = (change >= -15, change >= -3, change > 3, change > 15)
    return TREND_LABELS[sum(steps)], change


def temporal_trend(sampler: QuestionSampler) -> PlannedQuestion | None:
    """The trend label and the size of the change from the first period to the last."""
    entity, attribute = sampler.entity(), sampler.attribute("series")
    values = sampler.value(entity, attribute.code)
    assert isinstance(values, tuple)
    label, change = trend_of(values)
    if abs(abs(change) - 3) < 1 or abs(abs(change) - 15) < 1 or abs(change) < Fraction(1, 2):
        return None
    text = (
        f"From the first to the last period, how does the entry of {sampler.name(entity)} for"
        f" {sampler.label(attribute)} move: strongly rising (by more than 15 %), slightly rising"
        " (more than 3 %), flat, slightly falling or strongly falling? Answer as LABEL (CHANGE IN"
        " %), with two decimals."
    )
    truth = f"{label} ({float(change):.2f}%)"
    return PlannedQuestion(text, truth, (Need(entity, attribute.code),), (entity, attribute.code))


def temporal_extreme(sampler: QuestionSampler) -> PlannedQuestion | None:
    """The period with the extreme value, and that value."""
    entity, attribute = sampler.entity(), sampler.attribute("series")
    values = sampler.value(entity, attribute.code)
    assert isinstance(values, tuple)
    word, highest = sampler.direction()
    value = max(values) if highest else min(values)
    if values.count(value) > 1:
        return None
    text = (
        f"In which period, counted from 1, is the entry of {sampler.name(entity)} for"
        f" {sampler.label(attribute)} {word}, and what is it then? Answer as PERIOD (VALUE)."
    )
    truth = f"{values.index(value) + 1} ({attribute.number(value)})"
    return PlannedQuestion(text, truth, (Need(entity, attribute.code),), (entity, attribute.code))


def update(sampler: QuestionSampler, but: Container[object] = ()) -> PlannedQuestion | None:
    """The current value of a changed fact that is not in `but`, asked like any other fact."""
    changes = [c for c in sampler.changed() if (c.entity, c.code) not in but]
    if not changes:
        return None
    change = sampler.stream.choice(changes)
    attribute = sampler.guide.attribute(change.code)
    text = ask_plain(sampler, sampler.name(change.entity), attribute, trick=False)
    truth = attribute.show(change.new)
    needs = (Need(change.entity, change.code),)
    return PlannedQuestion(text, truth, needs, (change.entity, change.code), attribute.choices)


def delta(sampler: QuestionSampler) -> PlannedQuestion | None:
    """The size of a change; changes whose correction states the size are left out."""
    request = "By how {much} did it move, as an amount without a sign?"
    changes = [change for change in sampler.changed() if not change.relative]
    return _about_change(sampler, changes, request, lambda old, new: abs(new - old))


def counterfactual(sampler: QuestionSampler) -> PlannedQuestion | None:
    """The value before a change."""
    return _about_change(
        sampler, sampler.changed(), "What would it be without the change?", lambda old, _: old
    )


def _about_change(
    sampler: QuestionSampler, changes: list[Change], request: str, figure: Callable[[int, int], int]
) -> PlannedQuestion | None:
    """A question about the old and the new value of a number; {much} is its unit."""
    numbers = [change for change in changes if isinstance(change.new, int)]
    if not numbers:
        return None
    change = sampler.stream.choice(numbers)
    old, new = change.old, change.new
    assert isinstance(new, int) and isinstance(old, int)
    a = sampler.guide.attribute(change.code)
    much = "many percentage points" if a.suffix == "%" else "much"
    text = (
        f"The entry of {sampler.name(change.entity)} for {sampler.label(a)} was changed."
        f" {request.format(much=much)}"
    )
    fact = (change.entity, change.code)
    return PlannedQuestion(
        text, a.number(figure(old, new)), (Need(*fact), Need(*fact, old=True)), fact
    )
