"""The tools of the agentic mode, beside `recall`."""

from memorygym.core import tool
from memorygym.tracks._stream import submit

SEARCH = tool(
    "search",
    "Find the documents that fit best, ten on a page with four sentences of each.",
    optional=["page"],
    query={"type": "string", "description": "Words to look for."},
    page={"type": "integer", "description": "Which page; 1 unless given."},
)
OPEN = tool(
    "open",
    "Read a document.",
    document={"type": "integer", "description": "Its number on a page."},
)
SUBMIT = submit("Answer the question; this ends the task.")
