"""All that an agent reads beside documents: the system message, headers, briefing and question."""

from collections.abc import Iterable

_RULES = """\
Documents begin with a line in square brackets: what it is, whom or what it is about, and its date.
Where documents contradict each other, authority decides first: registers and catalogues outrank \
field reports and conference notes, and these outrank newsletters, profiles and travel logs. Of \
documents of the same authority, the later date replaces the earlier. A term of office holds from \
the first month named to the last. Names are exact: a similar name is somebody or something else."""

SYSTEM = f"""\
You answer one question from the results of searches. The results pass by one search at a time: \
each event shows a sub-query and the documents that it found, and everything shown before is gone \
unless your memory keeps it. The question comes last, when no document is in view.

{_RULES}

While you search there is nothing to answer. When you are asked, call recall(query) to have your \
memory look for something, as often as you need, and submit_answer(answer) with the answer alone."""

SEARCHING = f"""\
You answer one question by searching a collection of documents. Every event shows the question and \
the result of your last call, and everything shown before is gone unless your memory keeps it.

{_RULES}

Call search(query) for the headings of the documents that fit best, open(document) with a number \
from such a list to read one, recall(query) to have your memory look for something, and \
submit_answer(answer) with the answer alone. The steps are counted; when they are used up, the \
task ends."""


def search_text(event: int, events: int, sub_query: str, documents: Iterable[str]) -> str:
    """An event that shows what a search found."""
    head = f"=== SEARCH · event {event} of {events} ==="
    return "\n\n".join((head, f"Sub-query: {sub_query}", *documents))


def briefing_text(events: int, question: str) -> str:
    """The first event of a task that tells its question beforehand."""
    head = f"=== BRIEFING · event 1 of {events} ==="
    return f"{head}\n\nThe searches that follow serve one question, asked at the end: {question}"


def question_text(events: int, question: str, form: str) -> str:
    """The last event; it shows nothing of what the searches found."""
    head = f"=== QUESTION · event {events} of {events} ==="
    return (
        f"{head}\n\nQuestion: {question}\n\nForm of the answer: {form}.\n\n"
        "Answer with submit_answer."
    )


def step_text(step: int, steps: int, question: str, form: str, result: str) -> str:
    """An event of a task whose searches the reasoner makes itself."""
    head = f"=== SEARCHING · step {step} of {steps} ==="
    shown = f"\n\n{result}" if result else ""
    return f"{head}\n\nQuestion: {question}\n\nForm of the answer: {form}.{shown}"
