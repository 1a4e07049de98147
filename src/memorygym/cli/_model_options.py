"""The options that select a model and its sampling."""

import argparse
from contextlib import ExitStack, closing
from typing import Any, get_args

from memorygym.agents.chat import ToolMode
from memorygym.cli._checks import given_path
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
    """Declares the options of a model that plays."""
    how = parser.add_argument_group("how a model is asked")
    add_sampling(how)
    how.add_argument("--stream", action="store_true", help="ask for streamed replies")
    how.add_argument(
        "--tools", choices=get_args(ToolMode), default="auto",
        help="tool calls: native or as text (default: whichever the endpoint accepts)",
    )  # fmt: skip
    how.add_argument(
        "--keep-reasoning", action="store_true", help="show the model its own reasoning again"
    )
    how.add_argument(
        "--replay", type=given_path, metavar="FILE", help="use recorded replies, ask no endpoint"
    )
    add_judge(how)
    how.add_argument(
        "--prices", type=given_path, metavar="FILE", help="USD per million tokens, as JSON"
    )


def add_judge(how: argparse._ArgumentGroup) -> None:
    """Declares the LLM judge of answers that the grader rejected."""
    how.add_argument(
        "--judge", action="append", default=[], metavar="MODEL",
        help="LLM judge that may overrule a rejection (never an acceptance); repeat the option for"
        " a majority vote",
    )  # fmt: skip
    how.add_argument("--judge-prompt", choices=tuple(PROMPTS), help="(default: strict)")


def judge_of(args: argparse.Namespace, reply_log: ReplyLog | None) -> Judge | None:
    """The judge, if there is one. Raises UnknownPart, BadSettings or BadKey."""
    if args.judge_prompt and not args.judge:
        raise BadSettings(f"--judge-prompt {args.judge_prompt} is for --judge: give a --judge too")
    judges = tuple(find(name, args.api_base, reply_log, temperature=0.0) for name in args.judge)
    prompt = args.judge_prompt or "strict"
    return Judge(judges, prompt, audit_accepted=True) if judges else None


def add_sampling(how: argparse._ArgumentGroup) -> None:
    """Declares the sampling options of every model."""
    how.add_argument("--temperature", type=float, help="(default: the endpoint's)")
    how.add_argument("--max-tokens", type=int, metavar="N", help="maximum tokens of a reply")
    how.add_argument("--model-seed", type=int, metavar="N", help="seed passed to the endpoint")


def sampling_of(args: argparse.Namespace) -> dict[str, Any]:
    """The given sampling options, by the names that models take."""
    options = {"temperature": "temperature", "max_tokens": "max_tokens", "seed": "model_seed"}
    values = {name: getattr(args, option) for name, option in options.items()}
    return {name: value for name, value in values.items() if value is not None}


def model_roles_of(args: argparse.Namespace, stack: ExitStack) -> ModelRoles:
    """The model that the options name, and its judge; `stack` closes the reply log.

    Raises UnknownPart or BadSettings, and BadKey for an endpoint without its key.
    """
    sampling = sampling_of(args) | ({"stream": True} if args.stream else {})
    reply_log = reply_log_of(args, stack)
    judge = judge_of(args, reply_log)
    model = find(args.model, args.api_base, reply_log, **sampling)
    return ModelRoles(
        {args.model: model}, judge=judge, tool_mode=args.tools, reasoning=args.keep_reasoning
    )


def reply_log_of(args: argparse.Namespace, stack: ExitStack) -> ReplyLog | None:
    """The recorded replies that --replay names; `stack` closes the file."""
    if not args.replay:
        return None
    return stack.enter_context(closing(ReplyLog(args.replay, record=False)))
