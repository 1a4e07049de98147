"""research: scientists, their papers and whom they learnt from."""

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

MONEY = ("$", "M", 1)
PERCENT = ("", "%", 1)

WORLD = World(
    id="research",
    noun="researcher",
    plural="researchers",
    first=tuple(
        "Amara Bruno Celia Dmitri Elena Farid Greta Hiro Ingrid Jonas Keiko Lars Mirela Nadia"
        " Oskar Petra Quentin Rosalind Stefan Tamsin Ulrich Vera Wanda Xavier Yusuf Zelda Anselm"
        " Beatriz Cyrus Daphne Emeka Freya Gustav Helga Imran Jolanta".split()
    ),
    second=tuple(
        "Abernathy Bergstrom Castellan Drummond Eriksen Fontaine Gallagher Hashimoto Ivanova"
        " Jankowski Kowalski Lindqvist Mbeki Novotny Okafor Pemberton Quinlan Rasmussen Silvestri"
        " Takahashi Urquhart Valdez Whitcombe Yamada Zimmerman Ashdown Beaumont Calloway"
        " Delacroix Engstrom Ferreira Goldstein Haverford Ingleby Jeffries Kensington".split()
    ),
    categories=(
        "Genetics", "Astronomy", "Linguistics", "Geology", "Chemistry",
        "Economics", "Neuroscience", "Ecology", "Archaeology", "Statistics",
    ),
    traits=(
        count("publications", "papers in print", 100, 999, "{s} has {v} publications to show"),
        count("citations", "times cited", 10_000, 950_000, "{s} has gathered {v} citations"),
        measure("funding", "grant money", 102, 998, "{s} works with funding of {v}", MONEY),
        enum("career stage", "academic standing",
             "predoctoral postdoctoral junior tenured senior distinguished visiting adjunct"
             " emeritus retired",
             "The career stage of {s} is given as {v}"),
        count("doctoral students", "advisees", 100, 980, "{s} has guided {v} doctoral students"),
        count("joint authors", "writing partners", 200, 990,
              "{s} has published with {v} joint authors"),
        series("yearly mentions", "mentions by year", 100, 999,
               "{s} drew yearly mentions of {v} over six years"),
        count("conference talks", "podium lectures", 100, 960,
              "{s} has given {v} conference talks"),
        date("tenure date", "day of tenure", "{s} names {v} as the tenure date"),
        measure("acceptance rate", "share accepted", 101, 995,
                "{s} enjoys an acceptance rate of {v}", PERCENT),
        count("dataset downloads", "data pulls", 1_000, 990_000,
              "{s} counts {v} dataset downloads"),
        text("research focus", "main inquiry",
             ("models measures compares traces simulates deciphers decodes charts sketches"
              " predicts classifies dissects excavates observes calibrates",
              "ancient volcanic bilingual migratory magnetic stellar urban tropical neural fossil"
              " synthetic glacial nocturnal medieval quantum",
              "grammars glaciers markets proteins nebulae reefs settlements melodies isotopes"
              " dialects enzymes comets forests auctions craters"),
             "{s} words the research focus as {v}"),
        count("peer reviews", "referee reports", 105, 985, "{s} has delivered {v} peer reviews"),
        count("field samples", "specimens kept", 10_000, 960_000,
              "{s} has catalogued {v} field samples"),
        enum("sponsor type", "kind of backer",
             "foundation endowment ministry council consortium charity philanthropist agency"
             " academy museum",
             "The sponsor type of {s} is entered as {v}"),
        count("archived notebooks", "logbooks", 100, 970, "{s} keeps {v} archived notebooks"),
        measure("review score", "referee mark", 103, 992, "{s} holds a review score of {v}"),
        count("media interviews", "press appearances", 100, 940,
              "{s} sat through {v} media interviews"),
        series("weekly page views", "traffic by week", 100, 980,
               "{s} logged weekly page views of {v} over six weeks"),
        count("seminar guests", "invited listeners", 1_000, 980_000,
              "{s} has welcomed {v} seminar guests"),
        count("travel days", "days abroad", 100, 950, "{s} spent {v} travel days on the road"),
        count("newsletter readers", "bulletin audience", 10_000, 940_000,
              "{s} writes for {v} newsletter readers"),
    ),
    relations=(
        Relation("x", "collaborates with", symmetric=True),
        Relation("y", "once studied under", symmetric=False),
    ),
    ratios=(
        ("citations", "publications"),
        ("dataset downloads", "joint authors"),
        ("seminar guests", "conference talks"),
    ),
    ceilings=(Ceiling("doctoral students", "joint authors", 90),),
    wording=Wording(
        employer="an institute that decides whom to invite and to fund",
        titles=("Curriculum vitae", "Faculty page", "Committee memo", "Dean's letter"),
        peers=("the faculty mean", "the usual colleague"),
        notices=(
            "The library has revised the entry for {l} at {s}: it is {now}",
            "A slip in the faculty index is undone and the entry for {l} at {s} is {now}",
        ),
        noise=(
            "The lift beside the study of {s} is being repainted until Thursday.",
            "A bicycle was found chained to the railing; its owner should ask {s} for the key.",
            "Reminder: the reading room shuts early before the holiday, so return the headphones.",
            "Someone praised the handwriting of {s} over lunch and had nothing to add.",
        ),
        joins="{s} belongs to the '{c}' section of the institute",
    ),
)  # fmt: skip
