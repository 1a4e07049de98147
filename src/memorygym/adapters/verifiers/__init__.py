"""verifiers and prime-rl: tasks, the environment that plays them, and the folder of the hub. Needs
the extra `verifiers`."""

from memorygym.training.libraries import require

require(__name__, "verifiers", "0.4.0")
