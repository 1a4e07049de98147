"""The history of a fact from the message that stated it to the answer, and where it was lost.

The steps of every fact are observed → stored → retrieved → in context → used. Events and questions
are counted from 1, as their headings count them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.outcome import Outcome
from memorygym.core.statements import FORMER
from memorygym.core.text import one_line
from memorygym.core.tokens import count as price
from memorygym.core.tokens import shown_tokens
from memorygym.core.trace import Trace
from memorygym.core.types import Message
from memorygym.reports.stored_runs import IN_VIEW, verdict_lines
from memorygym.reports.terminal import WIDTH, count, fit, short
from memorygym.scoring.attribution import COMPOSED, LOSSES, NEVER_STATED, Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.provenance import FactHistory, HeldSpan, Passage, Provenance, Version
from memorygym.scoring.usage import limits_in

STEPS = (*LOSSES, NEVER_STATED, "")
"""The steps at which facts are lost, in order; facts that are not lost come last."""
INDENT = " " * 13
BEYOND = "beyond the view's"
"""The reason of a limit that was hit: the memory composed more than the context may hold."""
MOST = 6
"""Entries or messages that one step lists, and facts whose steps are shown."""


def question_lines(trace: Trace, name: str, number: int) -> Iterator[str]:
    """The verdict, then the history of every needed fact; if some are lost, the others are only
    counted."""
    questions = outcomes(trace)
    if number > len(questions):
        raise BadSettings(f"{name}#{number}: the episode has questions 1 to {len(questions)}")
    outcome = questions[number - 1]
    question, attribution = outcome.goal, Attribution(trace)
    cause = attribution.cause(outcome)
    yield from verdict_lines(f"{name}#{number}", outcome, cause, limits_in(trace, question.event))
    provenance = Provenance(trace, attribution)
    histories = provenance.histories(question)
    lost = sum(bool(history.lost) for history in histories)
    shown = _shown(trace, attribution, question.event)
    ordered = sorted(histories, key=lambda history: STEPS.index(history.lost))
    listed = [history for history in ordered if history.lost or not lost]
    text_of = attribution.reader.text
    if len(listed) > MOST:
        yield ""
        in_context = len(histories) - lost
        yield f"{in_context} of {len(histories)} needed facts were in the context; shown: {shown}"
        for history in listed:
            yield from fit(f"{history.lost or IN_VIEW}: {text_of(history.fact)}", "  ")
    else:
        for history in listed:
            steps = _steps(history, provenance, question.event, shown)
            yield from ["", *fit(text_of(history.fact)), *steps]
        if 0 < lost < len(histories):
            yield f"\n{len(histories) - lost} more facts were in the context"
    yield ""
    yield from _row("used", [_used(outcome, lost, len(histories))])


def _shown(trace: Trace, attribution: Attribution, event: int) -> str:
    """How much the memory brought into the last context of an event."""
    composed = [messages for e, messages in trace.contexts() if e <= event][-1:]
    from_tools = (text for source, text in attribution.views.get(event, ()) if source != COMPOSED)
    texts = [*chain(*composed), *(Message("tool", text) for text in from_tools)]
    if not texts:
        return "nothing"
    tokens = sum(shown_tokens(message, price) for message in texts)
    most = trace.budget.view
    of = f" of {most:,}" if most and most >= tokens else ""
    return f"{count(len(texts), 'text')}, {tokens:,}{of} tokens"


def _used(outcome: Outcome, lost: int, needed: int) -> str:
    """Whether the answer used the facts in the context."""
    if outcome.answer is None:
        return "LOST: no answer was given"
    answer = f'answered "{one_line(outcome.answer)}"'
    if not needed:
        return ("yes" if outcome.correct else "LOST") + f": no message states it; {answer}"
    some = "all" if lost == needed else f"{lost} of {needed}"
    was_lost = f"{some} of the needed facts lost before"
    if outcome.correct:
        return f"yes: {answer}" + f", though {was_lost}" * bool(lost)
    return f"no: {was_lost}; {answer}" if lost else f"LOST: {answer} with all facts in the context"


def _steps(history: FactHistory, provenance: Provenance, event: int, shown: str) -> Iterator[str]:
    """The steps of a fact, up to the one at which it was lost."""
    yield from _row("observed", _mentions(history))
    yield from _row("stored", [_kept(history), *_stays(history.spans)])
    if not history.spans:
        for observed in dict.fromkeys(mention.event for mention in history.mentions):
            reasons = provenance.limit_reasons(observed)
            cut = f"the environment cut in event {observed + 1}: "
            yield from _row("", [cut + reason for reason in reasons])
    if history.lost in ("", "not retrieved"):
        cuts = (reason for reason in provenance.limit_reasons(event) if BEYOND in reason)
        yield from _row("retrieved", [_retrieved(history, shown, cuts)])
    if history.appearances:
        yield from _row(IN_VIEW, _in_view(history))


def _mentions(history: FactHistory) -> Iterator[str]:
    """The messages that stated the fact."""
    for mention in history.mentions[-MOST:]:
        yield f"event {mention.event + 1}: {one_line(mention.passage.heading)}"
        yield mention.passage.sentence
        if mention.superseded is not None:
            yield f"superseded in event {mention.superseded + 1}"
    if not history.mentions:
        yield "no message states it in words that the reader knows"


def _kept(history: FactHistory) -> str:
    since = 0 if history.stored is None else history.stored + 1
    match history.lost:
        case "never written" if history.spans:
            return "LOST: the right value was never held"
        case "never written":
            return "LOST: no entry ever stated it"
        case "never stated":
            return "LOST: no message had stated it"
        case "dropped":
            assert history.dropped is not None
            return f"LOST: held after event {since}, no more after event {history.dropped + 1}"
        case "stale":
            return "LOST: another value was held when it was asked"
    return f"held since event {since}" if since else "not by an entry"


def _stays(stays: Sequence[HeldSpan]) -> Iterator[str]:
    """The entries that stated a value of the fact, right or not."""
    for span in stays[-MOST:]:
        yield _line(f"entry {span.id}, event {span.since + 1}", span.passage)
        yield f"  says {span.passage.says}{_end(span)}"
    if len(stays) > MOST:
        yield f"… and {len(stays) - MOST} entries before these"


def _end(kept: HeldSpan | Version) -> str:
    """The event at which a span ended; "" if it did not end."""
    if kept.until is None:
        return ""
    return f", {'rewritten' if kept.changed else 'dropped'} in event {kept.until + 1}"


def _retrieved(history: FactHistory, shown: str, cuts: Iterable[str]) -> str:
    if history.lost:
        cut = "".join(f"; the environment cut the context: {cut}" for cut in cuts)
        none = "" if shown == "nothing" else "; none states it"
        return f"LOST: the memory showed {shown}{none}{cut}"
    sources = dict.fromkeys(appearance.source for appearance in history.appearances)
    how = ("composed" if source == COMPOSED else f"by {source}" for source in sources)
    return f"yes, {', '.join(how)}"


def _in_view(history: FactHistory) -> Iterator[str]:
    """The values of the fact in the context."""
    other = history.fact.role != FORMER and any(not s.passage.right for s in history.appearances)
    if history.lost:
        yield "another value" if other else "no"
    else:
        yield "yes, and another value too" if other else "yes"
    for appearance in history.appearances[-MOST:]:
        yield _line(f"says {appearance.passage.says}", appearance.passage)


def _line(head: str, passage: Passage) -> str:
    """A passage in one line."""
    text = one_line(f"{head}: {passage.sentence}")
    room = WIDTH - len(INDENT)
    return text if len(text) <= room else text[: room - 1] + "…"


def entry_lines(trace: Trace, id: str) -> Iterator[str]:
    """Every text of an entry, with the messages that it can come from."""
    versions = Provenance(trace).origins(id)
    if not versions:
        ids = {key for _, held in trace.memory_states() for key in held}
        raise UnknownPart("entry", id, ids)
    for version in versions[:MOST]:
        yield from _version(id, version)
    if len(versions) > MOST:
        yield f"… {len(versions) - MOST} later texts of it"


def _version(id: str, version: Version) -> Iterator[str]:
    yield f"entry {id}: stored in event {version.since + 1}{_end(version)}"
    yield from short(one_line(version.text), 3, "    | ")
    for source in version.sources[:MOST]:
        content = count(len(source.facts), "fact") if source.facts else "the same words"
        heading = f"from event {source.event + 1}: {one_line(source.heading)} ({content})"
        yield from fit(heading, "  ")
        yield from short("; ".join(source.facts), 3, "    ") if source.facts else ()
    if len(version.sources) > MOST:
        yield f"  … and {len(version.sources) - MOST} more messages"
    if version.unfounded:
        yield from fit(f"stated by no message: {'; '.join(version.unfounded)}", "  ")
    if not (version.sources or version.unfounded):
        yield "  from no message: no message states a fact or a sentence of it"


def _row(label: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines beside the label of a step."""
    head = f"  {label:<{len(INDENT) - 2}}"
    for text in lines:
        for line in fit(text, INDENT):
            yield head + line[len(INDENT) :]
            head = INDENT
