"""Names of definitions in packages: combinations of words, each used once.

The grader never mistakes one of these words for a word of a sentence.
"""

from collections.abc import Mapping, Sequence

from memorygym.core.rng import Stream

VERBS = (
    "settle weigh tally berth moor stow reckon assay gauge smelt anneal temper winnow thresh glean"
    " sift brew ferment decant bottle splice hoist tether dredge caulk rivet forge chisel etch"
    " glaze spin weave dye comb stitch patch graft prune sow reap mulch cull plait whittle hone"
    " burnish scour rinse steep knead braid"
).split()

QUALIFIERS = (
    "amber cobalt russet ochre crimson teal umber sable ivory coral jade onyx pewter copper bronze"
    " garnet topaz opal quartz flint basalt marble granite northern coastal inland upland lowland"
    " alpine tidal polar lunar solar dusky misty frosty balmy brisk placid sturdy supple hollow"
    " narrow lofty rustic vivid mellow nimble hardy rugged maple cedar birch alder aspen rowan"
    " willow juniper laurel hazel poplar larch spruce heron plover curlew osprey falcon kestrel"
    " finch linnet magpie raven petrel puffin gannet"
).split()

DOMAINS: Mapping[str, tuple[str, ...]] = {
    name: tuple(nouns.split())
    for name, nouns in {
        "harbour": "quay dock wharf pier jetty cargo crate freight tonnage tariff levy toll"
        " manifest lading draught hull keel mast",
        "orchard": "vineyard cider barley hops malt yeast cask barrel cellar grove furrow"
        " meadow pasture silo",
        "foundry": "ingot alloy billet slag flux furnace crucible casting bellows anvil",
        "textile": "loom warp weft bobbin spindle shuttle fleece skein tannin indigo madder linen",
        "counting": "ledger voucher invoice coupon docket receipt warrant tenure escrow annuity",
        "beacons": "lantern buoy lighthouse semaphore relay antenna turret prism",
        "waterworks": "sluice weir canal culvert aqueduct cistern reservoir valve",
        "archive": "folio codex quire vellum binding ribbon scroll gazette almanac",
    }.items()
}

HOUSES = (
    "Harrow Linden Marlow Selby Tarn Wexley Corbel Dunmore Elswick Farrow Gantry Keswick".split()
)

INPUTS = "tonnage crates bushels spools litres sheaves parcels pallets bales casks".split()
OPTIONS = "margin slack".split()
LOCALS = "tallied weighed settled gauged sifted pooled".split()
COLOURS = "amber cobalt russet ochre crimson teal umber sable ivory coral".split()
HOURS = "dawn dusk forenoon midwatch ebb flood".split()
KINDS = "Book Register Roster Chart Index Desk Office Guild Bureau Log".split()
FAULTS = "Closed Refused Overdue Missing Jammed Expired Spoiled Flooded Unpaid Stalled".split()
MEASURES = "LIMIT QUOTA FLOOR CEILING STRIDE SHARE PACE SPAN".split()
MARKS = "throttled metered audited mirrored".split()
SETTINGS = "attempts window".split()

_ENDS: Mapping[str, tuple[Sequence[str] | None, Sequence[str] | None]] = {
    "function": (VERBS, None),
    "test": (None, VERBS),
    "constant": (None, MEASURES),
    "class": (None, KINDS),
    "fault": (None, FAULTS),
    "module": (["the"], None),
}
"""By kind of name: its possible first and last words; None: a word of the domain."""


class IdentifierPool:
    """A pool of names in families whose members differ only in their qualifier."""

    def __init__(self, rng: Stream, siblings: int) -> None:
        self._rng = rng
        self._siblings = siblings
        self._taken: set[str] = set()
        self._waiting: dict[tuple[str, str], list[list[str]]] = {}
        """Unused members of families, by kind and domain."""

    def draw(self, kind: str, domain: str) -> str:
        """A new name of a `function`, `test`, `constant`, `class`, `fault` or `module`."""
        waiting = self._waiting.setdefault((kind, domain), [])
        if not waiting:
            first, last = (DOMAINS[domain] if word is None else word for word in _ENDS[kind])
            ends = self._rng.choice(first), self._rng.choice(last)
            middles = self._rng.sample(QUALIFIERS, self._siblings + 1)
            waiting += [[ends[0], middle, ends[1]] for middle in middles]
        words = waiting.pop()
        # A name in use gets one more word, so names never run out.
        while (name := _joined(kind, words)).casefold() in self._taken:
            words = [words[0], self._rng.choice(QUALIFIERS), *words[1:]]
        self._taken.add(name.casefold())
        return name


def _joined(kind: str, words: Sequence[str]) -> str:
    match kind:
        case "class" | "fault":
            return "".join(word.title() for word in words)
        case "constant":
            return "_".join(words).upper()
        case "test":
            return "_".join(["test", *words])
        case "module":
            return "_".join(words[1:])
    return "_".join(words)
