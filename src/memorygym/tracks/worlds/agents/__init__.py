"""The scripted agents of worlds: those that play by the rules, and adversaries with bounds."""

from memorygym.tracks.worlds.agents import answerers, callers, honest, packers, recoder

AGENTS = dict(
    sorted(
        {
            **honest.AGENTS,
            **answerers.AGENTS,
            **callers.AGENTS,
            **packers.AGENTS,
            **recoder.AGENTS,
        }.items()
    )
)
"""By name, in the order of tables."""
