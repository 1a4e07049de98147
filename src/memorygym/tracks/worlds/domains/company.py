"""company: firms, their books and their suppliers."""

from memorygym.tracks.worlds.dealing.schema import (
    Ceiling,
    Wording,
    World,
    count,
    date,
    enum,
    measure,
    series,
    text,
)  # fmt: skip
from memorygym.tracks.worlds.facts import Relation

MONEY = ("$", "M", 1)
PERCENT = ("", "%", 1)

WORLD = World(
    id="company",
    noun="company",
    plural="companies",
    first=tuple(
        "Acme Brant Cedar Dorian Elmore Fenwick Garnet Halden Iverson Jasper Kestrel"
        " Lorimer Marlow Nordic Osprey Paxton Quarry Radley Sable Tarrant Umber Verity"
        " Wexford Yarrow Zephyr Alder Birch Corvus Dunmore Eastgate Falkirk Grantley"
        " Hollis Juniper Kelvin Larkin".split()
    ),
    second=tuple(
        "Harbor Orchard Quay Hollow Ridge Meadow Forge Works Dynamics Labs Systems Foods"
        " Freight Optics Metals Textiles Robotics Beacon Foundry Mills Traders Motors"
        " Paper Glass Timber Marine Rail Farms Seeds Cable Ceramics Brands Tools Packaging"
        " Lighting Instruments".split()
    ),
    categories=(
        "Technology", "Healthcare", "Energy", "Finance", "Manufacturing",
        "Aerospace", "Telecom", "Logistics", "Mining", "Agriculture",
    ),
    traits=(
        count("employees", "headcount", 1_000, 980_000, "{s} keeps {v} employees on its payroll"),
        measure("revenue", "turnover", 102, 998, "{s} books revenue of {v}", MONEY),
        measure("R&D spending", "research outlay", 101, 990,
                "{s} puts {v} into R&D spending", MONEY),
        count("customers", "client base", 1_000, 990_000, "{s} serves {v} customers"),
        count("patents", "granted inventions", 100, 999, "{s} holds {v} patents"),
        count("offices", "premises", 101, 960, "{s} runs {v} offices"),
        count("suppliers on contract", "vendors", 105, 985, "{s} has {v} suppliers on contract"),
        count("warehouse pallets", "pallet places", 10_000, 950_000,
              "{s} fills {v} warehouse pallets"),
        enum("risk level", "risk grade",
             "negligible minor guarded moderate elevated serious severe critical dire",
             "The risk level of {s} is rated {v}"),
        count("open vacancies", "unfilled posts", 100, 990, "{s} lists {v} open vacancies"),
        date("listing date", "flotation day", "{s} gives {v} as its listing date"),
        count("training hours", "hours of schooling", 1_000, 990_000,
              "{s} logged {v} training hours"),
        measure("debt ratio", "leverage", 101, 995, "{s} carries a debt ratio of {v}", PERCENT),
        series("quarterly orders", "orders by quarter", 100, 999,
               "{s} counts quarterly orders of {v} over six quarters"),
        count("safety audits", "site inspections", 100, 980, "{s} passed {v} safety audits"),
        text("business line", "main trade",
             ("builds ships leases repairs designs refines grows prints cleans insures tests brews"
              " casts maps weaves bottles",
              "compact rugged solar digital vintage modular coastal industrial portable thermal"
              " silent alpine organic rapid seamless hybrid",
              "sensors cranes turbines valves engines looms pumps batteries lenses drones"
              " boilers scanners bearings tractors cables reactors"),
             "{s} states its business line as {v}"),
        count("delivery vans", "van fleet", 100, 990, "{s} drives {v} delivery vans"),
        enum("audit opinion", "auditor verdict",
             "clean qualified adverse disclaimed pending withdrawn reissued limited unsigned",
             "The audit opinion on {s} is {v}"),
        count("board meetings", "directors' sessions", 100, 940, "{s} minuted {v} board meetings"),
        count("shareholders", "stock holders", 1_000, 960_000, "{s} has {v} shareholders"),
        count("product lines", "catalogue ranges", 100, 970, "{s} sells {v} product lines"),
        count("service tickets", "help requests", 1_000, 990_000, "{s} closed {v} service tickets"),
    ),
    relations=(
        Relation("x", "supplies", symmetric=False),
        Relation("y", "competes with", symmetric=True),
    ),
    ratios=(
        ("customers", "offices"),
        ("warehouse pallets", "delivery vans"),
        ("shareholders", "patents"),
    ),
    ceilings=(
        Ceiling("open vacancies", "employees", 60),
    ),
    wording=Wording(
        employer="a fund that follows companies",
        titles=("Company profile", "Analyst note", "Desk bulletin", "Registry extract"),
        peers=("the sector median", "the index average", "the typical rival"),
        notices=(
            "The auditors have restated the entry for {l} at {s}: it is {now}",
            "Following a filing error the entry for {l} at {s} is put right and is {now}",
        ),
        noise=(
            "The cafeteria of the tower where {s} rents a floor changes its menu next week.",
            "A charity run passed the gates of {s}; nobody at the desk took part.",
            "Reminder: the archive closes early on Friday, and badges must be worn in the lobby.",
            "A columnist wrote warmly about the logo of {s} and about nothing else.",
        ),
        joins="{s} trades in the '{c}' group",
    ),
)  # fmt: skip
