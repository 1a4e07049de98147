"""Play agents or a model on the worlds track; --validate runs the self-test."""

from memorygym.bench import add, run

__all__ = ["add", "run"]
