"""All that an agent reads beside documents: system message, headers, briefing, events that ask."""

from collections.abc import Iterable, Sequence

LISTED = 10
"""Documents on a page of what a search finds."""

RESULT = "=== RESULT"
"""What an event begins with in which the reasoner searches."""

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
    """An event that shows what a search found."""
    head = f"=== SEARCH · event {event} of {events} ==="
    return "\n\n".join((head, f"Sub-query: {sub_query}", *documents))


def memory_files(
    turns: Sequence[tuple[str, Sequence[str]]], reveal: str, window: int
) -> dict[str, str]:
    """By name, the texts of the search events as they are shown: each turn's sub-query, and the
    documents of all turns in the window that ends with it."""
    first = 2 if reveal == "immediate" else 1
    return {
        file_name(at): search_text(
            first + at,
            len(turns) + first,
            sub_query,
            [text for _, texts in turns[max(0, at + 1 - window) : at + 1] for text in texts],
        )
        for at, (sub_query, _) in enumerate(turns)
    }


def file_name(turn: int) -> str:
    """The name of the text of a turn, counted from 0."""
    return f"search_results_turn_{turn + 1}.txt"


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


def task_text(question: str, form: str, steps: int) -> str:
    """What every event of a task ends with whose searches the reasoner makes itself."""
    return f"Question: {question}\n\nForm of the answer: {form}. At most {steps} steps."


def step_text(step: int, result: str) -> str:
    """What a step found."""
    return f"{RESULT} · step {step} ===\n\n{result}"


def page_text(query: str, page: int, pages: int, found: Iterable[tuple[int, str, str]]) -> str:
    """A page of what a search found: numbers, headings and sentences of documents."""
    head = f"Found for '{query}', page {page} of {pages}:"
    return "\n\n".join((
        head, *(f"{heading}\n{said}\nDocument {number}." for number, heading, said in found)
    ))  # fmt: skip
