"""city: towns, what they build and how people live there."""

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
)
from memorygym.tracks.worlds.facts import Relation

WORLD = World(
    id="city",
    noun="city",
    plural="cities",
    first=tuple(
        "Arden Belmora Calder Dunwick Eldmere Farrow Glenrock Hartwell Islay Jorvik Kelmar Lowen"
        " Merrow Norvale Ostrava Pelham Quillon Ravenna Selby Thornby Umbria Velden Westray"
        " Yarmouth Zennor Aberlin Brindle Corvale Deverell Estwick Fairlie Grimsby Holbeck"
        " Ingleton Kirkwall Lanark".split()
    ),
    second=tuple(
        "Haven Crossing Heights Landing Springs Falls Cove Glen Hills Vale Bluff Ferry Gate Wells"
        " Sands Cliffs Moor Heath Rapids Bend Fields Shores Summit Terrace Grove Mount Ford Bay"
        " Spit Dale Creek Marsh Castle Isle Mills Green".split()
    ),
    categories=(
        "Amber Coast", "Salt Basin", "Iron Valley", "Orchard Belt", "Lake District",
        "Desert Rim", "Twin Rivers", "High Plateau", "Spice Gulf", "Pine Reach",
    ),
    traits=(
        count("population", "inhabitants", 10_000, 950_000, "{s} is home to a population of {v}"),
        measure("GDP", "economic output", 102, 996, "{s} produces a GDP of {v}", ("$", "B", 1)),
        count("bridges", "spans over water", 100, 980, "{s} maintains {v} bridges"),
        enum("climate zone", "weather type",
             "tropical arid temperate continental polar humid monsoon mediterranean subarctic"
             " oceanic",
             "The climate zone of {s} is classed as {v}"),
        count("infrastructure projects", "public works", 100, 990,
              "{s} finances {v} infrastructure projects"),
        count("schools", "places of learning", 105, 985, "{s} heats {v} schools"),
        measure("home ownership", "owner share", 101, 995,
                "{s} boasts home ownership of {v}", ("", "%", 1)),
        count("tourists", "overnight visitors", 10_000, 960_000, "{s} hosted {v} tourists"),
        date("metro opening", "subway debut", "{s} celebrates {v} as its metro opening"),
        count("clinics", "health centres", 100, 970, "{s} staffs {v} clinics"),
        series("monthly permits", "permits by month", 100, 999,
               "{s} stamped monthly permits of {v} over six months"),
        count("bus stops", "boarding places", 100, 995, "{s} is dotted with {v} bus stops"),
        measure("household income", "yearly earnings", 101, 990,
                "{s} reports household income of {v}", ("$", "K", 1)),
        count("listed buildings", "protected houses", 100, 960,
              "{s} shelters {v} listed buildings"),
        text("motto", "civic slogan",
             ("raising sheltering feeding lighting guarding teaching joining healing crowning"
              " cheering steering greeting warming binding weaving",
              "brave honest patient merry humble thrifty curious gentle stubborn loyal daring"
              " clever modest faithful cheerful",
              "sailors neighbours weavers gardeners travellers masons dreamers orphans bakers"
              " poets shepherds widows fishermen tinkers strangers"),
             "{s} carries the motto {v}"),
        count("streetlights", "lamp posts", 1_000, 990_000, "{s} powers {v} streetlights"),
        enum("urban role", "town character",
             "seaport fortress spa pilgrimage garrison trading frontier resort railway mining",
             "The urban role of {s} is entered as {v}"),
        count("library loans", "books lent", 10_000, 940_000, "{s} registered {v} library loans"),
        count("fire engines", "pump trucks", 100, 940, "{s} garages {v} fire engines"),
        series("quarterly rainfall", "rain by quarter", 100, 990,
               "{s} measured quarterly rainfall of {v} over six quarters", ("", " mm", 0)),
        count("playgrounds", "swing parks", 100, 930, "{s} tends {v} playgrounds"),
        count("fibre connections", "broadband lines", 1_000, 560_000,
              "{s} has laid {v} fibre connections"),
    ),
    relations=(
        Relation("x", "is twinned with", symmetric=True),
        Relation("y", "sends commuters to", symmetric=False),
    ),
    ratios=(
        ("population", "schools"),
        ("tourists", "clinics"),
        ("streetlights", "bridges"),
        ("library loans", "schools"),
    ),
    ceilings=(Ceiling("fibre connections", "population", 60),),
    wording=Wording(
        employer="a planning bureau that advises mayors",
        titles=("City portrait", "Census sheet", "Mayor's briefing", "Atlas page"),
        peers=("the national mean", "the twin town abroad"),
        notices=(
            "The surveyors have recounted and the entry for {l} at {s} is {now}",
            "Owing to a slip at the census office the entry for {l} at {s} is amended: it is {now}",
        ),
        noise=(
            "The brass band of {s} is looking for a second tuba player.",
            "A pigeon settled on the town hall clock of {s} and made it run late.",
            "Reminder: the bureau's coffee fund is empty, and the kettle needs descaling.",
            "A postcard with a view of {s} arrived without a sender.",
        ),
        joins="{s} lies in the '{c}' region",
    ),
)  # fmt: skip
