"""All texts that an agent reads apart from documents: system message, headers, questions."""

from collections.abc import Iterable

from memorygym.tracks._qa.stream import BRIEFING, briefing

LISTED = 10
"""Documents on a result page."""

SEARCH_KIND = "search"
"""The kind of an event that shows the documents of a search."""
RESULT = "=== RESULT"
"""How an event of the agentic mode begins."""

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
You answer one question by searching a collection of documents. Every event shows the result of \
your last call and the question, and everything shown before is gone unless your memory keeps it.

{_RULES}

Call search(query) for the documents that fit best, a page of {LISTED} at a time with four \
sentences of each, search(query, page) for a later page, open(document) with a number from such a \
page to read all of one, recall(query) to have your memory look for something, and \
submit_answer(answer) with the answer alone. Documents that name what the query names come first, \
and the pages end with them. The steps are counted; when they are used up, the task ends."""


def search_text(event: int, events: int, sub_query: str, documents: Iterable[str]) -> str:
    """The text of an event that shows the documents of a scripted search."""
    head = f"=== SEARCH · event {event} of {events} ==="
    return "\n\n".join((head, f"Sub-query: {sub_query}", *documents))


def documents_in(text: str) -> list[str]:
    """The documents in the text of an event."""
    return [paragraph for paragraph in text.split("\n\n") if paragraph.startswith("[")]


def briefing_text(events: int, question: str) -> str:
    """The first event of a task that reveals its question in advance."""
    told = briefing("The searches that follow serve one question", [question])
    return f"{BRIEFING} · event 1 of {events} ===\n\n{told}"


def question_text(events: int, question: str, form: str) -> str:
    """The last event, which asks the question and shows no document."""
    head = f"=== QUESTION · event {events} of {events} ==="
    return (
        f"{head}\n\nQuestion: {question}\n\nForm of the answer: {form}.\n\n"
        "Answer with submit_answer."
    )


def task_text(question: str, form: str, steps: int) -> str:
    """The last message of every event of the agentic mode."""
    return f"Question: {question}\n\nForm of the answer: {form}. At most {steps} steps."


def step_text(step: int, result: str) -> str:
    """The text of the event that shows the result of a step."""
    return f"{RESULT} · step {step} ===\n\n{result}"


def page_text(query: str, page: int, pages: int, results: Iterable[tuple[int, str, str]]) -> str:
    """A result page: numbers, headings and sentences of documents."""
    head = f"Found for '{query}', page {page} of {pages}:"
    return "\n\n".join(
        (
            head,
            *(f"{heading}\n{excerpt}\nDocument {number}." for number, heading, excerpt in results),
        )
    )
