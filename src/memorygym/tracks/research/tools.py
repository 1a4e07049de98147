"""The tools of the agentic mode, beside `recall`."""

from memorygym.tracks._stream import submit, tool

SEARCH = tool(
    "search", "Find the documents that fit best, ten on a page with four sentences of each.",
    "query", query=("string", "Words to look for."), page=("integer", "Which page; 1 unless given.")
)  # fmt: skip
OPEN = tool(
    "open", "Read a document.", "document", document=("integer", "Its number on a page.")
)  # fmt: skip
SUBMIT = submit("Answer the question; this ends the task.")
