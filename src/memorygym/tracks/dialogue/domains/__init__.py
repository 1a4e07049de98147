"""The domains of dialogue, one a file."""

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.tracks.dialogue.domain import Domain


def domain_named(name: str) -> Domain:
    """The domain of a name or of `module:NAME`. Raises UnknownPart or BadSettings."""
    domain = registry.load("dialogue_domains", name, "DOMAIN")
    if not isinstance(domain, Domain):
        raise BadSettings(
            f"dialogue domain {name}: that is a {type(domain).__name__}, not a Domain; state it as"
            " SHOP = Domain(name=…), as memorygym/tracks/dialogue/domains/retail.py does"
        )
    registry.remember("dialogue_domains", domain.name, name)
    return domain
