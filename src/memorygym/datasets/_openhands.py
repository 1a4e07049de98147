"""OpenHands' events as chat messages: those of its evaluation (`action`, `observation`) and those
of its newer SDK (`kind`).

A reply with several calls is several events; its first one stands for all. What the agent's
condenser left out is in the events, so it is read as if the agent had seen it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memorygym.datasets._fields import Row

_UNREAD = set(
    "agent_state_changed change_agent_state condensation condensation_request condense"
    " loop_detection loop_recovery null recall".split()
)
"""Actions and observations that no model wrote or read as they stand."""
_OPTIONS = set("thought security_risk confirmation_state cwd".split())
"""Arguments of an event that are none of its call."""


def chat_rows(events: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    """The messages that the agent read or wrote, in OpenAI's form, by the index of their event."""
    replies: dict[str, list[Row]] = {}
    for event in events:
        replies.setdefault(_reply_id(event), []).append(event)
    for number, event in enumerate(events):
        if id := _reply_id(event):
            if same := replies.pop(id, None):
                yield number, _reply(same)
        elif row := _shown(event):
            yield number, row


def tools_of(events: Sequence[Row]) -> Any:
    """The definitions of the tools, beside the system prompt; None if there are none."""
    found = (at(event, "args", "tools") or event.get("tools") for event in events)
    return next(filter(None, found), None)


def at(value: Any, *path: str) -> Any:
    """What stands at a path of keys; None if nothing does."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def is_event(value: object) -> bool:
    """Whether a value is an event, as in a trajectory that is a list of them."""
    return isinstance(value, dict) and "source" in value and "role" not in value


def _reply_id(event: Row) -> str:
    """The id of the model's reply that an action belongs to; "" if the event is no such action."""
    if event.get("kind") == "ActionEvent":
        return f"{event.get('llm_response_id')}"
    action = event.get("action")
    if event.get("source") != "agent" or action in (None, "message", "system", *_UNREAD):
        return ""
    return str(_about(event, "model_response", "id") or f"event {event.get('id')}")


def _about(event: Row, *path: str) -> Any:
    """What the evaluation's events keep of the model's call."""
    return at(event, "tool_call_metadata", *path)


def _reply(same: Sequence[Row]) -> Row:
    """The reply whose calls these events are."""
    event = same[0]
    if "kind" in event:
        calls = [own.get("tool_call") for own in same]
        return {"role": "assistant", "content": event.get("thought"), "tool_calls": calls}
    match _about(event, "model_response", "choices"):
        case [{"message": dict(message)}, *_]:
            return message
    args: Row = event["args"] if isinstance(event.get("args"), dict) else {}  # type: ignore[assignment]  # JSON
    arguments = {k: v for k, v in args.items() if isinstance(v, str) and v and k not in _OPTIONS}
    call = {"id": str(event.get("id")), "name": event["action"], "arguments": arguments}
    return {"role": "assistant", "content": args.get("thought"), "tool_calls": [call]}


def _shown(event: Row) -> Row | None:
    """The message of an event that is no call; None if no model read it."""
    match event:
        case {"kind": "SystemPromptEvent"}:
            parts = (event.get("system_prompt"), event.get("dynamic_context"))
            return {"role": "system", "content": [part for part in parts if part]}
        case {"kind": "MessageEvent", "llm_message": dict(message)}:
            return message
        case {"kind": _, "tool_call_id": str(id)}:
            seen = event.get("observation")
            content = at(seen, "content") or at(seen, "output")
            content = content or event.get("error") or event.get("rejection_reason")
            return {"role": "tool", "tool_call_id": id, "content": content}
        case {"action": "system" | "message" as action}:
            role = "assistant" if event.get("source") == "agent" else "user"
            role = "system" if action == "system" else role
            return {"role": role, "content": at(event, "args", "content")}
        case {"observation": str(name)} if name not in _UNREAD:
            of = _about(event, "tool_call_id") or event.get("cause")
            return {"role": "tool", "tool_call_id": str(of), "content": event.get("content")}
    return None
