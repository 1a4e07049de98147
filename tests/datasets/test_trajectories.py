"""Recorded trajectories are read from every format; a broken one is named, the others are read."""

import gzip
import json
import re
from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.datasets import _files
from memorygym.datasets._logs import DUPLICATE, FORMATS, LoggedTrajectory, Problem, read_all
from tests.datasets import trajectory_files as files


def read(*paths: Path) -> tuple[list[LoggedTrajectory], list[Problem]]:
    """What can be read, and what cannot."""
    items = list(read_all(paths))
    good = [item for item in items if isinstance(item, LoggedTrajectory)]
    return good, [item for item in items if isinstance(item, Problem)]


def read_text(
    folder: Path, text: str, name: str = "log.json"
) -> tuple[list[LoggedTrajectory], list[str]]:
    path = folder / name
    path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
    good, problems = read(path)
    return good, [problem.text for problem in problems]


def called(trajectory: LoggedTrajectory) -> list[str]:
    return [call.name for message in trajectory.messages for call in message.calls]


def commands(trajectory: LoggedTrajectory) -> list[object]:
    calls = (call for message in trajectory.messages for call in message.calls)
    return [call.arguments["command"] for call in calls]  # type: ignore[index, call-overload]


CALLED = "find_customer get_order delivery_slots move_delivery add_item charge confirm".split()


@pytest.mark.parametrize("name", [known.name for known in FORMATS])
@pytest.mark.parametrize("suffix", [".json", ".txt"])
def test_a_format_is_recognised_by_its_content(name: str, suffix: str, tmp_path: Path) -> None:
    text = json.dumps(files.DOCUMENTS[name](), indent=1 if suffix == ".json" else None)
    good, problems = read_text(tmp_path, text, f"any{suffix}")
    assert [trajectory.format for trajectory in good] == [name]
    assert problems == []
    assert len(called(good[0])) == 7


@pytest.mark.parametrize("name", ["OpenAI messages", "tau-bench", "tau2", "Inspect"])
def test_formats_of_the_same_conversation_give_the_same_messages(name: str, tmp_path: Path) -> None:
    good, _ = read_text(tmp_path, json.dumps(files.DOCUMENTS[name]()))
    (plain,), _ = read_text(tmp_path, json.dumps(files.conversation()))
    messages = good[0].messages[1:] if name == "tau2" else good[0].messages
    assert messages == plain.messages
    assert good[0].system == plain.system == files.POLICY
    assert called(plain) == CALLED


def test_the_success_and_the_task_are_read_where_a_log_states_them(tmp_path: Path) -> None:
    good, _ = read_text(tmp_path, json.dumps([files.tau(number) for number in range(4)]))
    assert [(log.task, log.success) for log in good] == [
        ("0", False), ("0", True), ("1", False), ("1", True),
    ]  # fmt: skip
    (tau2,), _ = read_text(tmp_path, json.dumps(files.tau2(3)))
    (inspect,), _ = read_text(tmp_path, json.dumps(files.inspect_log(3)))
    assert tau2.success is inspect.success is True
    assert "acct_99999" in inspect.tools


def test_an_archive_of_inspect_is_read_sample_by_sample(tmp_path: Path) -> None:
    files.write_eval(tmp_path / "run.eval", 0, 1, 2)
    (tmp_path / "run.eval").rename(tmp_path / "renamed.bin")
    good, problems = read(tmp_path / "renamed.bin")
    assert [log.place for log in good] == [
        f"renamed.bin, samples/{number}_epoch_1.json" for number in range(3)
    ]
    assert not problems


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(files.conversation()),
        json.dumps({"messages": files.conversation()}),
        "\n".join(map(json.dumps, files.conversation())),
        json.dumps(files.conversation(), indent=2),
        "\r\n" + json.dumps({"messages": files.conversation()}) + "\r\n",
    ],
)
def test_openai_messages_may_be_a_list_an_object_or_lines(text: str, tmp_path: Path) -> None:
    (log,), problems = read_text(tmp_path, text)
    assert called(log) == CALLED
    assert not problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_and_gzip_are_read(encoding: str, packed: bool, tmp_path: Path) -> None:
    row = files.openai()
    row["messages"][1]["content"] += " Grüße aus Köln"
    raw = json.dumps(row, ensure_ascii=False).encode(encoding)
    (tmp_path / "log").write_bytes(gzip.compress(raw) if packed else raw)
    (log,), problems = read(tmp_path / "log")
    assert log.messages[0].content.endswith("Köln")
    assert not problems


def test_values_longer_than_what_is_read_at_a_time_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps([files.tau(number) for number in range(4)], indent=1)
    whole, _ = read_text(tmp_path, text)
    for size in (1, 2, 7, 100):
        monkeypatch.setattr(_files, "CHUNK", size)
        assert read_text(tmp_path, text) == (whole, [])


LINES = [json.dumps(files.openai(number)) for number in range(3)]
BROKEN = {
    "cut": ("\n".join([*LINES[:2], LINES[2][:900]]), 2, "record 2 (line 3): is cut off"),
    "cut list": (json.dumps([files.tau(0), files.tau(1)])[:-900], 1, "record 1 (line 1): is cut"),
    "cut in a line": ("\n".join([LINES[0], LINES[1][:900], LINES[2]]), 2, "record 1 (line 2)"),
    "not JSON": ("\n".join([LINES[0], "{oops}", LINES[2]]), 2, "record 1 (line 2): is no JSON"),
    "not JSON at the end": (f'{LINES[0]}\n{{"a": }}', 1, "record 1 (line 2): is no JSON"),
    "other schema": ("\n".join([LINES[0], '{"a": 1}', LINES[2]]), 2, "has the fields a; known"),
    "number": ("\n".join([LINES[0], "[3]"]), 1, "record 1 (line 2): the record is 3, not an obj"),
    "text": ("Dear all,\nsee below.", 0, "record 0 (line 1): is no JSON"),
    "empty": ("", 0, "log.json: is empty"),
    "blank": (" \n ", 0, "log.json: is empty"),
    "role": (json.dumps([{"role": "judge", "content": ""}]), 0, "a message with the role 'judge'"),
    "list": ('[{"role": ["user"], "content": ""}]', 0, "a message with the role ['user']"),
    "call": ('[{"role":"assistant","tool_calls":[{"id":1}]}]', 0, "has a call without a name"),
    "deep": ("[" * 200_000, 0, "log.json, record 0 (line 1)"),
    "item": (f"[\n{LINES[0]},\n{{oops}},\n{LINES[1]},\n{LINES[2]}\n]", 3, "(line 3): is no JSON"),
    "digits": (f'[{{"role": "user", "n": {"9" * 5000}}}]', 0, "(line 1): cannot be read (Exceeds"),
    "messages": ('{"messages": {"a": 1}}', 0, "messages is {'a': 1}, not a list"),
    "byte": (
        "\n".join(LINES).replace("Omar Haddad", "Omar H\udce4ddad"),
        2,
        "log.json, record 1 (line 2): has a byte that is not UTF-8; save the file as UTF-8",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_named_with_its_line_and_the_rest_is_read(
    name: str, tmp_path: Path
) -> None:
    text, readable, problem = BROKEN[name]
    good, problems = read_text(tmp_path, text)
    assert len(good) == readable
    assert len(problems) == 1
    assert problem in problems[0]
    assert "\n" not in problems[0]


@pytest.mark.parametrize("kind", ["gz", "eval"])
def test_a_packed_file_that_is_cut_is_named(kind: str, tmp_path: Path) -> None:
    files.write_eval(tmp_path / "whole.eval", 0, 1)
    (tmp_path / "whole.gz").write_bytes(gzip.compress("\n".join(LINES).encode()))
    raw = (tmp_path / f"whole.{kind}").read_bytes()
    (tmp_path / "cut").write_bytes(raw[: len(raw) // 2])
    good, problems = read(tmp_path / "cut")
    assert len(good) < 2
    assert re.match(r"cut(, record \d \(line \d\))?: is cut off", problems[0].text)


def test_a_folder_gives_its_logs_and_one_bad_file_does_not_lose_the_others(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.traj").write_text(json.dumps(files.swe_agent()))
    (tmp_path / "a.jsonl").write_text("\n".join(LINES))
    (tmp_path / "c.json").write_text("[")
    (tmp_path / "notes.md").write_text("no log")
    good, problems = read(tmp_path)
    assert [log.format for log in good] == ["OpenAI messages"] * 3 + ["SWE-agent"]
    assert [problem.place for problem in problems] == ["c.json, record 0 (line 1)"]


def test_a_folder_without_a_log_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("no log")
    with pytest.raises(BadSettings, match=r"the folder has no JSON, JSON lines or \.eval file"):
        read(tmp_path)
    with pytest.raises(BadSettings, match="there is no such file or folder"):
        read(tmp_path / "missing.json")


def test_files_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    for number, folder in enumerate(("a", "b")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.json").write_text(json.dumps(files.openai(number)))
    good, _ = read(tmp_path / "a" / "log.json", tmp_path / "b")
    assert [log.place.split(",")[0] for log in good] == [
        str(tmp_path / folder / "log.json") for folder in ("a", "b")
    ]


def test_half_characters_and_deep_arguments_do_no_harm(tmp_path: Path) -> None:
    row = files.openai()
    deep: object = "end"
    for _ in range(400):
        deep = [deep]
    row["messages"][1]["content"] += " \ud83d"
    row["messages"][2] = files.call(1, "find\udc00", customer_id="caf\ud800", deep=deep)
    calls = row["messages"][2]["tool_calls"]
    calls[0]["function"]["arguments"] = json.loads(calls[0]["function"]["arguments"])
    (log,), problems = read_text(tmp_path, json.dumps(row))
    assert not problems
    call = log.messages[1].calls[0]
    assert call.name == "find?"
    assert call.arguments["customer_id"] == "caf?"  # type: ignore[index, call-overload]


def test_duplicates_count_once_wherever_they_lie(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join([*LINES, LINES[0]]))
    (tmp_path / "b.json").write_text(json.dumps(files.conversation(2)))
    good, problems = read(tmp_path)
    assert len(good) == 3
    assert [problem.place for problem in problems] == [
        "a.jsonl, record 3 (line 4)", "b.json, record 0 (line 1)",
    ]  # fmt: skip
    assert {problem.reason for problem in problems} == {DUPLICATE}


def test_a_demonstration_and_the_tools_of_the_user_are_no_turns(tmp_path: Path) -> None:
    (swe,), _ = read_text(tmp_path, json.dumps(files.swe_agent()))
    assert "/demo/a.py" in swe.system
    assert swe.messages[0].content == "Fix the parser of dates."
    assert swe.numbers[0] == 2
    (tau2,), _ = read_text(tmp_path, json.dumps(files.tau2(0)))
    assert all("5531" not in message.content for message in tau2.messages)
    assert tau2.numbers[:3] == (0, 1, 4)


def test_texts_as_actions_are_calls(tmp_path: Path) -> None:
    (old,), _ = read_text(tmp_path, json.dumps(files.swe_agent(calls=False)))
    (mini,), _ = read_text(tmp_path, json.dumps(files.mini_swe_agent()["messages"]))
    assert commands(old) == commands(mini)
    assert mini.format == "mini-swe-agent"


def test_calls_and_results_among_the_parts_of_a_message_are_read(tmp_path: Path) -> None:
    use = {"type": "tool_use", "name": "charge", "input": {"account": "acct_1"}}
    result = {"type": "tool_result", "content": [{"type": "text", "text": "paid"}]}
    rows = [("assistant", [{"type": "text", "text": "I pay."}, use]), ("user", [result])]
    (log,), _ = read_text(tmp_path, json.dumps([files.said(*row) for row in rows]))  # type: ignore[arg-type]
    assert called(log) == ["charge"]
    assert [message.content for message in log.messages if message.content] == ["I pay.", "paid"]


@pytest.mark.parametrize("form", ["calls", "pairs", "sdk"])
def test_every_form_of_openhands_gives_the_same_commands(form: str, tmp_path: Path) -> None:
    row = files.openhands(form)
    (log,), _ = read_text(tmp_path, json.dumps(row))
    (old,), _ = read_text(tmp_path, json.dumps(files.swe_agent(calls=False)))
    assert (log.format, log.task, log.success) == ("OpenHands", "ann__dates-7", True)
    assert commands(log) == commands(old)
    texts = [[message.content for message in own.messages] for own in (log, old)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("form", ["calls", "sdk"])
def test_a_list_of_openhands_events_is_a_trajectory(form: str, tmp_path: Path) -> None:
    row = files.openhands(form)
    (log,), problems = read_text(tmp_path, json.dumps(row["history"], indent=2))
    assert log.format == "OpenHands"
    assert len(called(log)) == 7
    assert not problems


def test_calls_of_one_reply_that_are_several_events_are_one_reply(tmp_path: Path) -> None:
    row = files.openhands("sdk")
    replies = [event for event in row["history"] if event["kind"] == "ActionEvent"]
    replies[1]["llm_response_id"] = replies[0]["llm_response_id"]
    (log,), _ = read_text(tmp_path, json.dumps(row))
    assert [len(message.calls) for message in log.messages[:4]] == [0, 2, 0, 0]
    assert [message.content for message in log.messages[2:4]] == [
        "Found /repo/src/parser.py", "1204: def parse(line):",
    ]  # fmt: skip


def test_replies_of_the_responses_api_are_read(tmp_path: Path) -> None:
    (log,), problems = read_text(tmp_path, json.dumps(files.responses()))
    (plain,), _ = read_text(tmp_path, json.dumps(files.mini_swe_agent()))
    assert not problems
    assert commands(log) == commands(plain)
    results = [[m.content for m in own.messages if m.role == "tool"] for own in (log, plain)]
    assert results[0] == results[1]


@pytest.mark.parametrize("broken", [None, 1, "x", [], [1], {"a": 1}])
@pytest.mark.parametrize("form", ["calls", "pairs", "sdk"])
def test_a_broken_event_is_no_crash(form: str, broken: object, tmp_path: Path) -> None:
    rows = []
    events = files.openhands(form)["history"]
    for number, event in enumerate(events):
        for key in event if isinstance(event, dict) else range(2):
            row = files.openhands(form)
            row["history"][number][key] = broken
            rows.append({**row, "instance_id": f"{number}{key}"})
    good, problems = read_text(tmp_path, "\n".join(map(json.dumps, rows)))
    assert good or problems
