"""The options of a model that plays."""

import argparse
from contextlib import ExitStack

from memorygym.cli._settings import add_options, settings_of
from memorygym.runs.jobs import agent_roles
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.settings import OF_AN_AGENT, AgentModelSettings

OPTIONS = OF_AN_AGENT


def add_model(parser: argparse.ArgumentParser) -> None:
    """Declares the options of a model that plays."""
    how = parser.add_argument_group("how a model is asked")
    add_options(how, AgentModelSettings, *OPTIONS)


def model_roles_of(args: argparse.Namespace, stack: ExitStack) -> ModelRoles:
    """The model that the options name, and its judge."""
    return agent_roles(args.model, settings_of(AgentModelSettings, args), stack)
