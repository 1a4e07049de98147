"""`python -m memorygym` is the command `memorygym`."""

from memorygym.cli import command

command()
