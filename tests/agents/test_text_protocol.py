"""The text protocol reads what models really write, and never raises."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.agents.text_protocol import as_text, describe, split_calls
from memorygym.core.types import Call, Message
from memorygym.memories.stores.notebook import TOOLS
from tests.slow import mostly_slow

NAMES = ("Write", "Edit", "Read", "memory_search", "submit_answer")
CASES = Path(__file__).parents[1] / "cases" / "tool_call_cases.jsonl"
WRITE = '{"name": "Write", "arguments": {"content": "x"}}'
WRITTEN = Call("Write", {"content": "x"})
MEGABYTE = 1_000_000


def called(text: str) -> tuple[Call, ...]:
    """The well-formed calls of tools that there are."""
    calls = split_calls(text)[1]
    return tuple(c for c in calls if c.name in NAMES and not isinstance(c.arguments, str))


def rows() -> list[Any]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [pytest.param(row, id=row["id"]) for row in map(json.loads, lines)]


@pytest.mark.parametrize("row", rows())
def test_a_shared_case_reads_as_given(row: dict[str, Any]) -> None:
    calls = called(row["text"])
    assert [[call.name, call.arguments] for call in calls] == row["calls"]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        (f"<tool_call>\n{WRITE}\n</tool_call>", [WRITTEN]),
        (f"<tool_call>{WRITE}", [WRITTEN]),
        (f"<tool_call>{WRITE[:-2]}\n</tool_call>", [WRITTEN]),
        (f"<tool_call>{WRITE}}}</tool_call> so", [WRITTEN]),
        (f"<tool_call>{WRITE}\n{WRITE}</tool_call>", [WRITTEN, WRITTEN]),
        (f"<tool_call>[{WRITE}, {WRITE}]</tool_call>", [WRITTEN, WRITTEN]),
        (f"```json\n{WRITE[:-1]}\n```\nThen:\n```json\n{WRITE}\n```", [WRITTEN, WRITTEN]),
        (f"```json\n[{WRITE}]\n```", [WRITTEN]),
        (f"a {{brace, then {WRITE} and {WRITE}", [WRITTEN, WRITTEN]),
        (f'an odd {{"quote, then {WRITE}', [WRITTEN]),
        (WRITE[:-2], [WRITTEN]),
        (f"<tool_call>{WRITE}</tool_call> not {WRITE}", [WRITTEN]),
        ('{"name": "Write", "arguments": "{\\"content\\": \\"x\\"}"}', [WRITTEN]),
        (
            '{"name": "Write", "arguments": {"content": "a\nb"}}',
            [Call("Write", {"content": "a\nb"})],
        ),
        (
            '{"name": "Read", "arguments": {"start_line": NaN}}',
            [Call("Read", {"start_line": "NaN"})],
        ),
        ('{"name": "Read", "arguments": []}', [Call("Read", [])]),
    ],
)
def test_what_models_write_is_read(text: str, calls: list[Call]) -> None:
    assert list(called(text)) == calls


@pytest.mark.parametrize(
    "content",
    ["a } b", '"}}"', "</tool_call>", "<tool_call>{", "```", "```json\n{", "\\", "\n", "é\u2028"],
)
@pytest.mark.parametrize("form", ["<tool_call>{}</tool_call>", "```json\n{}\n```", "so: {} done"])
def test_marks_inside_a_string_are_text(content: str, form: str) -> None:
    call = json.dumps({"name": "Write", "arguments": {"content": content}})
    assert called(form.replace("{}", call)) == (Call("Write", {"content": content}),)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Read"}',
        '{"name": 3, "arguments": {}}',
        '<tool_call>{"name": "Write", "arguments": {"content": "cut of',
        '<tool_call>{"name": "Write", "arguments": {"content": "say "hi" now"}}</tool_call>',
        '{"name": "Write", "arguments": {"content": {"content": {"content": 1',
        '{"name": "Read", "arguments": ' + '{"a": ' * 40 + "1" + "}" * 41,
    ],
)
def test_what_is_no_whole_call_is_not_guessed_at(text: str) -> None:
    assert called(text) == ()


UNREADABLE = '{"name": "Write", "arguments": oops}'


@pytest.mark.parametrize(
    ("text", "rest", "calls"),
    [
        ('<tool_call>{"name": "rm", "arguments": {}}</tool_call>', "", (Call("rm", {}),)),
        (f"Well. <tool_call>{UNREADABLE}</tool_call>", "Well.", (Call("Write", UNREADABLE),)),
        (f"First\n<tool_call>{WRITE}</tool_call>\nlast", "First\n\nlast", (WRITTEN,)),
    ],
)  # fmt: skip
def test_unknown_names_unreadable_blocks_and_the_text_around_calls_are_kept(
    text: str, rest: str, calls: tuple[Call, ...]
) -> None:
    assert split_calls(text) == (rest, calls)


PIECES = [
    *("<tool_call>", "</tool_call>", "<function_call>", "```json", "```", "{", "}", "[", "]", "{}"),
    *('"', "\\", ":", ",", "\n", " ", '"name"', '"arguments"', '"Write"'),
    *("1e999", "NaN", "\ud800", "é", WRITE),
]


@given(st.lists(st.sampled_from(PIECES) | st.text()).map("".join))
def test_no_text_raises(text: str) -> None:
    calls = called(text)
    assert all(call.name in NAMES for call in calls)


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.booleans() | st.none()))
def test_a_call_shown_as_text_reads_back(arguments: dict[str, Any]) -> None:
    call = Call("Write", arguments)
    (shown,) = as_text([Message("assistant", "", (call,))], ())
    assert called(shown.content) == (call,)


@mostly_slow(
    "piece",
    [
        "<tool_call>", "<tool_call>{", '<tool_call>{"a', '<tool_call>{"a":"',
        '<tool_call>{"a":{"b":', '<tool_call>{"a":1}', '<tool_call>[[ {"a":1}, ',
        f"<tool_call>{WRITE[:-2]}", "```json", '```json{"', "```json   ", "{", '{"', '{"a":',
        '{"a":{},', '{ "a": [', '{"a":"{', "[", "}", " ", '"', "\\", '{"a":"\\"', "9",
        '{"name":9', "x", '{"a":1}', '{"<tool_call>":',
    ],
    quick=1,
)  # fmt: skip
@pytest.mark.slow
@pytest.mark.parametrize(("head", "items"), [("", 0), ('{"k": ' * 900 + "[", 0.4)])
def test_a_megabyte_is_read_in_linear_time(head: str, items: float, piece: str) -> None:
    def seconds(size: int) -> float:
        text = head + "1," * int(items * size / 2) + piece * (size // len(piece))
        start = time.process_time()
        split_calls(text)
        return time.process_time() - start

    # Machines differ, so a twentieth is timed too: 20 times as much takes 20 times as long, or 400
    # times where the time is quadratic.
    assert seconds(MEGABYTE) < 50 * max(0.05, seconds(MEGABYTE // 20))


def test_the_example_of_the_description_names_no_real_tool() -> None:
    assert called(describe(TOOLS)) == ()


def test_a_view_as_text_holds_tools_calls_and_results() -> None:
    view = [
        Message("system", "Rules."),
        Message("assistant", "Hm.", (WRITTEN,)),
        Message("tool", "stored", (), "c1"),
    ]
    assert as_text(view, TOOLS) == [
        Message("system", f"Rules.\n\n{describe(TOOLS)}"),
        Message("assistant", f"Hm.\n<tool_call>{WRITE}</tool_call>"),
        Message("user", "<tool_result>stored</tool_result>"),
    ]
