"""verifiers and prime-rl: tasks, the environment that plays them, and the folder of the hub. Needs
the extra `verifiers`."""

from memorygym.adapters.libraries import require

require("verifiers", "0.4.0")
