"""The scripted agents of worlds: those that play by the rules, and adversaries with bounds.

Where a bound is not a matter of principle (0, 1 or 5 points), it is the mean over ten domains and
ten seeds of the standard tier plus three standard errors, in whole points. The other tiers are held
to it as well: a tighter budget or a smaller world gains none anything.
"""

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
