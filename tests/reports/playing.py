"""Small sets of tasks, for whoever plays runs that are then looked at."""

from memorygym.core.track import TaskOptions
from memorygym.runs.tasks import Tasks, dealt


def lite(seeds: int = 1, first: int = 0, template: str = "company", salt: str = "") -> Tasks:
    """Worlds of the lite tier."""
    knobs = {"tier": "lite", "template": template}
    return dealt("worlds", TaskOptions(range(first, first + seeds), salt, knobs))
