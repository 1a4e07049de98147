"""The options that say which model plays and how it is asked."""

import argparse
from pathlib import Path
from typing import Any, get_args

from memorygym.agents.chat import ToolMode
from memorygym.core.errors import BadSettings
from memorygym.models.reply_log import ReplyLog
from memorygym.models.specs import find
from memorygym.runs.model_roles import ModelRoles
from memorygym.scoring.judge import PROMPTS, Judge

OPTIONS = (
    "temperature", "max_tokens", "model_seed", "stream", "tools", "keep_reasoning", "replay",
    "judge", "judge_prompt", "prices",
)  # fmt: skip


def add_model(parser: argparse.ArgumentParser) -> None:
    """Declares them."""
    how = parser.add_argument_group("how a model is asked")
    add_sampling(how)
    how.add_argument("--stream", action="store_true", help="ask for replies in pieces")
    how.add_argument(
        "--tools", choices=get_args(ToolMode), default="auto",
        help="tool calls: the endpoint's own or as text (default: whichever it takes)",
    )  # fmt: skip
    how.add_argument(
        "--keep-reasoning", action="store_true", help="show the model its own reasoning again"
    )
    how.add_argument(
        "--replay", type=Path, metavar="FILE", help="recorded replies instead of the endpoint"
    )
    add_judge(how)
    how.add_argument("--prices", type=Path, metavar="FILE", help="USD per million tokens, as JSON")


def add_judge(how: argparse._ArgumentGroup) -> None:
    """Declares who judges what the grader rejected."""
    how.add_argument(
        "--judge", action="append", default=[], metavar="MODEL",
        help="a model that may repair rejected answers; several vote",
    )  # fmt: skip
    how.add_argument("--judge-prompt", choices=tuple(PROMPTS), help="strict unless given")


def judge_of(args: argparse.Namespace, reply_log: ReplyLog | None) -> Judge | None:
    """Who judges, if anybody does. Raises UnknownPart, BadSettings or BadKey."""
    if args.judge_prompt and not args.judge:
        raise BadSettings(f"--judge-prompt {args.judge_prompt} is for --judge; nobody judges")
    judges = tuple(find(name, args.api_base, reply_log, temperature=0.0) for name in args.judge)
    prompt = args.judge_prompt or "strict"
    return Judge(judges, prompt, audit_accepted=True) if judges else None


def add_sampling(how: argparse._ArgumentGroup) -> None:
    """Declares what shapes the replies of every model."""
    how.add_argument("--temperature", type=float, help="left to the endpoint unless given")
    how.add_argument("--max-tokens", type=int, metavar="N", help="most tokens of one reply")
    how.add_argument("--model-seed", type=int, metavar="N", help="the endpoint's own seed")


def sampling_of(args: argparse.Namespace) -> dict[str, Any]:
    """The options that are given, as models take them."""
    options = {"temperature": "temperature", "max_tokens": "max_tokens", "seed": "model_seed"}
    given = {name: getattr(args, option) for name, option in options.items()}
    return {name: value for name, value in given.items() if value is not None}


def model_roles_of(args: argparse.Namespace) -> ModelRoles:
    """The model that the options name, and who judges what it says.

    Raises UnknownPart or BadSettings, and BadKey for an endpoint without its key.
    """
    chosen = sampling_of(args) | ({"stream": True} if args.stream else {})
    reply_log = ReplyLog(args.replay, record=False) if args.replay else None
    judge = judge_of(args, reply_log)
    model = find(args.model, args.api_base, reply_log, **chosen)
    return ModelRoles(
        {args.model: model}, judge=judge, tool_mode=args.tools, reasoning=args.keep_reasoning
    )
