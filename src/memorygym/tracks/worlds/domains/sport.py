"""sport: teams, their seasons and their players."""

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
    id="sport",
    noun="team",
    plural="teams",
    first=tuple(
        "Avalon Bayview Camden Dalton Edgemont Foxborough Granville Hampton Ironwood Jericho"
        " Kingsport Lakemont Midland Newbury Oakmont Preston Quarrytown Rockford Sheffield"
        " Trenton Utica Vermont Windham Yorkton Zanzibar Ashland Bristol Concord Dover Easton"
        " Fulton Geneva Hudson Ithaca Juneau Kenton".split()
    ),
    second=tuple(
        "Thunder Storm Avalanche Blaze Cyclone Typhoon Tempest Glacier Inferno Comet Meteor"
        " Eclipse Phoenix Griffin Raptor Cobra Panther Falcon Mustang Stallion Bison Marlin"
        " Barracuda Hornet Scorpion Wolverine Jaguar Cougar Lynx Condor Viper Rhino Bulldog"
        " Mammoth Badger Hurricane".split()
    ),
    categories=(
        "Coastal League", "Mountain League", "Prairie League", "Metro League", "Lakeside League",
        "Border League", "Valley League", "Island League", "Desert League", "Forest League",
    ),
    traits=(
        count("wins", "matches won", 150, 999, "{s} has earned {v} wins"),
        count("points scored", "scoring total", 10_000, 950_000, "{s} boasts {v} points scored"),
        measure("club revenue", "team income", 102, 998, "{s} banks club revenue of {v}",
                ("$", "M", 1)),
        count("losses", "defeats", 100, 980, "{s} has swallowed {v} losses"),
        enum("playing style", "tactical school",
             "attacking defensive possession counterattacking pressing patient physical technical"
             " improvised zonal",
             "The playing style of {s} is called {v}"),
        count("season tickets", "subscriptions sold", 1_000, 850_000,
              "{s} has issued {v} season tickets"),
        count("assists", "decisive passes", 100, 990, "{s} credits its squad with {v} assists"),
        measure("shooting accuracy", "shot success", 101, 995,
                "{s} manages shooting accuracy of {v}", ("", "%", 1)),
        series("weekly scores", "scores by week", 100, 999,
               "{s} ran weekly scores of {v} over six weeks"),
        count("penalties", "fouls called", 100, 970, "{s} conceded {v} penalties"),
        date("arena opening", "stadium debut", "{s} honours {v} as its arena opening"),
        count("youth players", "academy talents", 100, 960, "{s} schools {v} youth players"),
        text("club chant", "terrace song",
             ("thundering roaring charging marching blazing rumbling soaring galloping howling"
              " sprinting storming dancing surging prowling leaping",
              "scarlet golden iron midnight northern fearless velvet restless copper mighty"
              " hungry crimson tireless roving untamed",
              "hearts banners lanterns hooves drums claws rivers wings boots torches tides"
              " shields trumpets anvils sparks"),
             "{s} takes the field to the club chant {v}"),
        count("home attendance", "gate total", 10_000, 960_000,
              "{s} drew a home attendance of {v}"),
        measure("player rating", "squad grade", 103, 994, "{s} carries a player rating of {v}"),
        count("injuries", "players hurt", 100, 930, "{s} treated {v} injuries"),
        enum("pitch surface", "ground cover",
             "grass turf clay sand ice parquet asphalt rubber gravel concrete",
             "The pitch surface of {s} is {v}"),
        count("training drills", "practice exercises", 100, 950,
              "{s} rehearses {v} training drills"),
        count("fan club members", "enrolled supporters", 1_000, 990_000,
              "{s} greets {v} fan club members"),
        count("scouts", "talent hunters", 100, 920, "{s} pays {v} scouts"),
        count("trophies", "cups held", 100, 940, "{s} displays {v} trophies"),
    ),
    relations=(
        Relation("x", "loans players to", symmetric=False),
        Relation("y", "plays derbies with", symmetric=True),
    ),
    ratios=(
        ("points scored", "assists"),
        ("home attendance", "wins"),
        ("fan club members", "scouts"),
    ),
    ceilings=(Ceiling("trophies", "wins", 80), Ceiling("season tickets", "home attendance", 90)),
    wording=Wording(
        employer="a broadcaster that covers teams",
        titles=("Season digest", "Commentator's card", "Locker room brief", "League gazette"),
        peers=("the league mean", "the visiting side"),
        notices=(
            "The league office has corrected the entry for {l} at {s}: it is {now}",
            "On review of the tapes the entry for {l} at {s} is {now}",
        ),
        noise=(
            "The mascot of {s} has been measured for a new costume.",
            "A parrot that whistles like a referee has moved in near {s}.",
            "Reminder: the press box has no heating, and the pies sell out before noon.",
            "A painter asked to portray the bench of {s} at sunset.",
        ),
        joins="{s} competes in the '{c}' bracket",
    ),
)  # fmt: skip
