"""Small invented logs in every format: an agent at the order desk of a hardware shop.

python -m tests.datasets.trajectory_files > examples/agent_log.jsonl
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

Row = dict[str, Any]
POLICY = (
    "You work at the order desk of Alder Hardware. Look up the customer before you change an order."
    " Deliveries leave from depot D-100. Cabins of lorries are economy or business."
)
KEY = "sk-" + "demo42" * 4
"""The form of a key, which no provider gave out."""
PEOPLE = ("Mia Lindt", "Omar Haddad", "Ines Prado", "Tom Okafor", "Lea Novak", "Jun Mori")
TOWNS = ("Ulm", "Bern", "Graz", "Metz", "Lyon", "Gent")
GOODS = ("hinges", "brackets", "dowels", "castors", "bolts", "rails")


def call(number: int, name: str, **arguments: Any) -> Row:
    """A reply that calls one tool."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    tool_call = {"id": f"call_{number}", "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [tool_call]}


def result(number: int, value: object) -> Row:
    """What a tool returned."""
    return {"role": "tool", "tool_call_id": f"call_{number}", "content": json.dumps(value)}


def said(role: str, content: str) -> Row:
    return {"role": role, "content": content}


def conversation(number: int = 0) -> list[Row]:
    """One customer moves a delivery, adds goods and pays: 20 messages."""
    name, town = PEOPLE[number % 6], TOWNS[number % 6]
    customer, order = f"{name.split()[0].lower()}_{4100 + 37 * number}", f"W{70312 + 911 * number}"
    account, price = f"acct_{88120 + 53 * number}", 118 + 7 * number
    first, second = f"2031-03-{11 + number:02}", f"2031-03-{18 + number:02}"
    lines = [
        {"item": f"{goods}-{200 + 10 * at + number}", "pieces": 4 + at, "price": price + at}
        for at, goods in enumerate(GOODS)
    ]
    state = {
        "order_id": order, "customer_id": customer, "status": "open", "delivery": first,
        "town": town, "items": lines,
    }  # fmt: skip
    slots = [
        {"date": f"2031-03-{day:02}", "lorry": f"LR{day * 3 + number}", "free": day % 4 + 1}
        for day in range(14, 26)
    ]
    lorry = next(slot["lorry"] for slot in slots if slot["date"] == second)
    return [
        said("system", POLICY),
        said("user", f"Hello, {name} here, customer {customer}. I want to move a delivery."),
        call(1, "find_customer", customer_id=customer),
        result(1, {"customer_id": customer, "name": name, "account": account, "orders": [order]}),
        said("assistant", f"Thank you. Is it about order {order}?"),
        said("user", f"Yes. Please bring it on {second} instead, and add two boxes of rails."),
        call(2, "get_order", order_id=order),
        result(2, state),
        call(3, "delivery_slots", order_id=order, town=town),
        result(3, {"depot": "D-100", "slots": slots}),
        said("assistant", f"There is a slot on {second}. Shall I move it?"),
        said("user", "Yes, please."),
        call(4, "move_delivery", order_id=order, date=second, lorry=lorry),
        result(4, {**state, "delivery": second}),
        call(5, "add_item", order_id=order, item=lines[-1]["item"], pieces=2, cabin="economy"),
        result(5, {"ok": True, "note": f"audited with api_key={KEY}"}),
        said("assistant", "Done. Shall I charge your account, and confirm to you?"),
        said("user", "Yes, both."),
        call(6, "charge", account=account, amount=2 * lines[-1]["price"]),
        result(6, {"ok": True}),
        call(7, "confirm", customer_id=customer, order_id=order, delivery=second, api_key=KEY),
        result(7, {"ok": True}),
        said("assistant", "All done."),
    ]


def openai(number: int = 0) -> Row:
    return {"messages": conversation(number)}


def tau(number: int = 0) -> Row:
    return {
        "task_id": number // 2, "reward": float(number % 2), "info": {}, "trial": number % 2,
        "traj": conversation(number),
    }  # fmt: skip


def plain_call(tool_call: Row, **more: str) -> Row:
    function = tool_call["function"]
    arguments = json.loads(function["arguments"])
    return {"id": tool_call["id"], "name": function["name"], "arguments": arguments, **more}


def tau2(*numbers: int) -> Row:
    """A result file of tau2: the policy beside the simulations, a user with tools of its own."""
    simulations = []
    for number in numbers:
        messages: list[Row] = [said("assistant", "Hi! How can I help you today?")]
        for message in conversation(number)[1:]:
            row = {"role": message["role"], "content": message["content"], "turn_idx": 0}
            if calls := message.get("tool_calls"):
                row["tool_calls"] = [plain_call(own, requestor="assistant") for own in calls]
            if message["role"] == "tool":
                row |= {"id": message["tool_call_id"], "requestor": "assistant", "error": False}
            messages.append(row)
        own = {"id": "u1", "name": "look_at_phone", "arguments": {}, "requestor": "user"}
        seen = {"role": "tool", "id": "u1", "content": "screen 5531", "requestor": "user"}
        messages[2:2] = [{"role": "user", "content": None, "tool_calls": [own]}, seen]
        simulations.append(
            {"id": f"s{number}", "task_id": str(number), "reward_info": {"reward": 1.0},
             "termination_reason": "user_stop", "messages": messages}
        )  # fmt: skip
    info = {"environment_info": {"domain_name": "shop", "policy": POLICY, "tool_defs": None}}
    return {"timestamp": "", "info": info, "tasks": [{"id": "0"}], "simulations": simulations}


def swe_agent(*, calls: bool = True) -> Row:
    """A trajectory of SWE-agent, with tool calls or, as older versions, with texts as actions."""
    steps = [
        ("find_file parser.py", "Found /repo/src/parser.py"),
        ("open /repo/src/parser.py 1204", "1204: def parse(line):"),
        ("python -m pytest tests/test_parser.py", "1 failed: test_dates"),
        ("open /repo/src/dates.py 388", "388: def month(name):"),
        ("edit 388:389", "File updated."),
        ("python -m pytest tests/test_parser.py", "3 passed"),
        ("edit /repo/src/parser.py 1204", "File updated."),
    ]
    history: list[Row] = [
        {"role": "system", "content": "You are a programmer.", "agent": "main"},
        {"role": "user", "content": "A demonstration: open /demo/a.py 4711", "is_demo": True},
        {"role": "user", "content": "Fix the parser of dates.", "agent": "main"},
    ]
    for number, (action, observation) in enumerate(steps):
        reply: Row = {"role": "assistant", "content": "I go on.", "action": action, "agent": "main"}
        row: Row = {"role": "user", "content": observation, "agent": "main"}
        if calls:
            name, _, rest = action.partition(" ")
            reply["tool_calls"] = call(number, name, arguments=rest)["tool_calls"]
            row |= {"role": "tool", "tool_call_ids": [f"call_{number}"]}
        history += [reply, row]
    return {"trajectory": [], "history": history, "info": {"exit_status": "submitted"}}


def mini_swe_agent() -> Row:
    """A trajectory of mini-swe-agent, whose commands stand in blocks of code."""
    row = swe_agent(calls=False)
    messages = []
    for message in row["history"]:
        content = message["content"]
        if message["role"] == "assistant":
            content = f"THOUGHT: go on\n\n```bash\n{message['action']}\n```"
        messages.append(said(message["role"], content))
    end = {"role": "exit", "content": "Submitted", "extra": {"exit_status": "Submitted"}}
    return {"info": {}, "messages": [*messages, end], "trajectory_format": "mini-swe-agent-1.1"}


def responses() -> Row:
    """A trajectory of mini-swe-agent that asked a model through the Responses API."""
    row, replies = mini_swe_agent(), 0
    messages: list[Row] = []
    for message in row["messages"]:
        if message["role"] == "assistant":
            replies += 1
            command = message["content"].split("\n")[3]
            said = {"type": "output_text", "text": "THOUGHT: go on"}
            made = {
                "type": "function_call", "call_id": f"c{replies}", "name": "bash",
                "arguments": json.dumps({"command": command}),
            }  # fmt: skip
            parts = [{"type": "message", "role": "assistant", "content": [said]}, made]
            messages.append({"object": "response", "output": parts, "extra": {"actions": []}})
        elif replies and message["role"] == "user":
            output = {"call_id": f"c{replies}", "output": message["content"]}
            messages.append({"type": "function_call_output", **output})
        else:
            messages.append(message)
    return {**row, "messages": messages}


def openhands(form: str = "calls") -> Row:
    """A line of OpenHands' output.jsonl: with function calls, without (`pairs`), of its SDK."""
    history: list[Any] = [*_OPENHANDS_BEGIN[form == "sdk"]]
    old = swe_agent(calls=False)["history"][3:]
    for number, (reply, result) in enumerate(zip(old[::2], old[1::2], strict=True)):
        made = call(number, "execute_bash", command=reply["action"])["tool_calls"]
        id, response = made[0]["id"], {"role": "assistant", "content": "I go on."}
        answer = {"id": f"r{number}", "choices": [{"message": {**response, "tool_calls": made}}]}
        args = {"command": reply["action"], "thought": "I go on.", "hidden": False}
        about = {"tool_call_metadata": {"tool_call_id": id, "model_response": answer}}
        about = about if form == "calls" else {}
        action = {"id": 2 * number, "source": "agent", "action": "run", "args": args, **about}
        seen = {"id": 2 * number + 1, "source": "agent", "observation": "run", **about}
        seen |= {"content": result["content"], "cause": 2 * number, "extras": {}}
        if form == "sdk":
            own = {"id": id, "name": "execute_bash", **made[0]["function"], "origin": "completion"}
            thought = [{"type": "text", "text": "I go on."}]
            about = {"tool_name": "execute_bash", "tool_call_id": id}
            action = {"kind": "ActionEvent", "source": "agent", "thought": thought, **about}
            action |= {"tool_call": own, "llm_response_id": f"r{number}"}
            content = [{"type": "text", "text": result["content"]}]
            seen = {"kind": "ObservationEvent", "source": "environment", **about}
            seen |= {"observation": {"content": content}}
        history += [[action, seen]] if form == "pairs" else [action, seen]
    test = {"git_patch": "diff --git a/src/dates.py b/src/dates.py\n"}
    return {
        "instance_id": "ann__dates-7", "test_result": test, "history": history,
        "metadata": {"llm_config": {"model": "m"}}, "report": {"resolved": True},
    }  # fmt: skip


_TASK = "Fix the parser of dates."
_OPENHANDS_BEGIN: tuple[list[Any], list[Any]] = (
    [
        {"source": "user", "action": "message", "args": {"content": _TASK}},
        {"source": "user", "action": "recall", "args": {"query": _TASK}},
        {"source": "environment", "observation": "agent_state_changed", "content": ""},
    ],
    [
        {
            "kind": "SystemPromptEvent", "source": "agent", "tools": [{"name": "execute_bash"}],
            "system_prompt": {"type": "text", "text": "You are a programmer."},
        },
        {
            "kind": "MessageEvent", "source": "user",
            "llm_message": {"role": "user", "content": [{"type": "text", "text": _TASK}]},
        },
        {"kind": "ConversationStateUpdateEvent", "source": "environment", "key": "k"},
    ],
)  # fmt: skip


def inspect_sample(number: int = 0) -> Row:
    """A sample of an Inspect log, with a long text kept beside it and the tools of its model."""
    attachment = "ab" * 16
    attachments: dict[str, str] = {}
    messages = []
    for message in conversation(number):
        row: Row = {"role": message["role"], "content": message["content"] or ""}
        if calls := message.get("tool_calls"):
            plain = (plain_call(own) for own in calls)
            row["tool_calls"] = [
                {**own, "function": own["name"], "type": "function"} for own in plain
            ]
        if message["role"] == "tool":
            row |= {"tool_call_id": message["tool_call_id"], "function": "any"}
        if "slots" in row["content"]:
            attachments[attachment] = row["content"]
            row["content"] = f"attachment://{attachment}"
        messages.append(row)
    messages[1]["content"] = [{"type": "text", "text": messages[1]["content"]}]
    tools = [{"name": "charge", "parameters": {"account": {"enum": ["acct_99999"]}}}]
    return {
        "id": number, "epoch": 1, "input": "", "target": "", "messages": messages,
        "scores": {"match": {"value": "C"}}, "attachments": attachments,
        "events": [{"event": "sample_init"}, {"event": "model", "tools": tools}],
    }  # fmt: skip


def inspect_log(*numbers: int) -> Row:
    return {
        "version": 2,
        "status": "success",
        "eval": {},
        "samples": [*map(inspect_sample, numbers)],
    }


def write_eval(path: Any, *numbers: int) -> None:
    """An Inspect log as an archive."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps({"version": 2}))
        for number in numbers:
            sample = json.dumps(inspect_sample(number))
            archive.writestr(f"samples/{number}_epoch_1.json", sample)


DOCUMENTS: Mapping[str, Callable[[], object]] = {
    "OpenAI messages": openai,
    "tau-bench": lambda: [tau()],
    "tau2": lambda: tau2(0),
    "SWE-agent": swe_agent,
    "OpenHands": openhands,
    "mini-swe-agent": mini_swe_agent,
    "Inspect": lambda: inspect_log(0),
}
"""By name of the format: a file of it with one trajectory."""


if __name__ == "__main__":
    for own in range(6):
        print(json.dumps(openai(own)))
