"""Scripted agents and reasoners as models: `--model memorygym/strategic`, without a network."""

from contextvars import ContextVar
from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from memorygym.adapters.inspect_ai.messages import assistant, message_of, tool_of
from memorygym.adapters.inspect_ai.registry_names import refusing
from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.track import find
from memorygym.core.types import Policy

CURRENT_POLICY: ContextVar[Policy] = ContextVar("CURRENT_POLICY")
"""The policy that plays the current sample. The solver sets it, so no message holds gold."""


class ScriptedAPI(ModelAPI):  # type: ignore[misc]  # untyped while the extra is absent
    """A scripted agent or reasoner as a model; it runs here and costs no tokens."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008  # The signature is Inspect's.
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        with refusing():
            known = {player for track in registry.names("tracks") for player in players(track)}
            check_agent(model_name, known)
            if model_args:
                raise BadSettings(
                    f"-M {next(iter(model_args))}: a scripted agent takes no options; leave it out"
                )

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """The agent's next reply."""
        if (policy := CURRENT_POLICY.get(None)) is None:
            with refusing():
                raise BadSettings(
                    f"memorygym/{self.model_name} plays only tasks of memorygym; give another model"
                )
        view = [message_of(message) for message in input]
        message = policy.act(view, [tool_of(tool) for tool in tools])
        stop = "tool_calls" if message.calls else "stop"
        return ModelOutput(
            model=self.model_name,
            choices=[ChatCompletionChoice(message=assistant(message), stop_reason=stop)],
            # Without a usage of our own, Inspect would fetch a tokenizer from the web.
            usage=ModelUsage(),
        )

    def max_connections(self) -> int:
        """Any number: no network is used."""
        return 64


def players(track: str) -> set[str]:
    """The agents and reasoners of a track; none if it cannot be loaded, so that other tracks still
    work."""
    try:
        loaded = find(track)
    except (ImportError, BadSettings):
        return set()
    return {*loaded.reasoners, *agents_of(loaded)}


# Providers are found by this name alone, with or without a prefix.
PROVIDER = modelapi(name="memorygym")(lambda: ScriptedAPI)
