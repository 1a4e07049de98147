"""movie: films, who made them and who went to see them."""

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

WORLD = World(
    id="movie",
    noun="movie",
    plural="movies",
    first=tuple(
        "Crimson Silent Hidden Broken Velvet Burning Frozen Golden Hollow Electric Restless"
        " Distant Wicked Gentle Savage Scarlet Midnight Neon Phantom Rusty Secret Shattered"
        " Stolen Sunken Tender Twisted Vanishing Wandering Whispering Wild Winter Amber Bitter"
        " Forgotten Lonely Marble".split()
    ),
    second=tuple(
        "Horizon Garden Letter River Empire Lantern Masquerade Voyage Orchestra Labyrinth Promise"
        " Shadow Carousel Crown Daughter Echo Fortress Harbinger Inheritance Kingdom Lullaby"
        " Mirror Monsoon Oracle Pilgrim Reckoning Serenade Tide Umbrella Vendetta Waltz Witness"
        " Zodiac Alibi Bandit Cathedral".split()
    ),
    categories=(
        "Mystery", "Western", "Musical", "Fantasy", "Noir",
        "Romance", "Satire", "Horror", "Biography", "Espionage",
    ),
    traits=(
        count("screens", "cinema halls", 100, 999, "{s} opened on {v} screens"),
        measure("box office", "ticket revenue", 102, 998, "{s} took a box office of {v}", MONEY),
        count("tickets sold", "paying viewers", 10_000, 950_000, "{s} stands at {v} tickets sold"),
        measure("rating", "critic score", 101, 995, "{s} earned a rating of {v}", ("", "%", 1)),
        count("cast members", "actors hired", 100, 980, "{s} credits {v} cast members"),
        enum("colour palette", "tint scheme",
             "sepia monochrome pastel technicolor muted saturated bleached teal ochre indigo",
             "The colour palette of {s} is {v}"),
        count("shooting days", "days of filming", 100, 960, "{s} needed {v} shooting days"),
        text("plot summary", "storyline",
             ("astronaut butcher clown detective farmer goalkeeper hermit juggler librarian miner"
              " nurse plumber sculptor tailor violinist",
              "befriends blackmails chases defends escorts forgives haunts imitates marries"
              " outwits photographs rescues shelters tutors worships",
              "beekeepers chessmasters dragons forgers ghosts hypnotists innkeepers jewellers"
              " mermaids puppeteers robots smugglers twins vampires wrestlers"),
             "{s} is sold with the plot summary {v}"),
        count("extras", "crowd performers", 100, 990, "{s} fed {v} extras"),
        measure("production budget", "making cost", 103, 990,
                "{s} burned a production budget of {v}", MONEY),
        date("release date", "premiere day", "{s} announces {v} as its release date"),
        count("costumes", "wardrobe pieces", 120, 995, "{s} required {v} costumes"),
        series("weekly takings", "takings by week", 100, 999,
               "{s} earned weekly takings of {v} over six weeks", ("$", "K", 0)),
        count("trailer views", "preview clicks", 10_000, 960_000,
              "{s} collected {v} trailer views"),
        count("visual effects", "trick shots", 100, 950, "{s} contains {v} visual effects"),
        enum("camera format", "film stock",
             "celluloid digital anamorphic widescreen handheld stereoscopic infrared panoramic"
             " miniature nitrate",
             "The camera format of {s} is given as {v}"),
        count("poster prints", "placards made", 1_000, 990_000,
              "{s} was billed on {v} poster prints"),
        count("award nominations", "prize mentions", 100, 940,
              "{s} received {v} award nominations"),
        count("soundtrack copies", "albums shipped", 10_000, 940_000,
              "{s} moved {v} soundtrack copies"),
        count("script pages", "screenplay sheets", 100, 930, "{s} was cut to {v} script pages"),
        count("stunts", "daring feats", 100, 920, "{s} features {v} stunts"),
    ),
    relations=(
        Relation("x", "is a sequel to", symmetric=False),
        Relation("y", "shares characters with", symmetric=True),
    ),
    ratios=(
        ("tickets sold", "screens"),
        ("poster prints", "screens"),
        ("costumes", "cast members"),
        ("trailer views", "shooting days"),
    ),
    ceilings=(Ceiling("cast members", "costumes", 100),),
    wording=Wording(
        employer="a distributor that buys movies",
        titles=("Press kit", "Trade paper clipping", "Festival sheet", "Producer's ledger"),
        peers=("the genre mean", "the rival premiere"),
        notices=(
            "The distributor has amended the entry for {l} at {s}: it is {now}",
            "On a second look at the books the entry for {l} at {s} is {now}",
        ),
        noise=(
            "The popcorn machine at the screening of {s} caught a cold and was replaced.",
            "A goat ate the guest list of a party that {s} had nothing to do with.",
            "Reminder: the projection room is to be dusted, and the red carpet is at the cleaner.",
            "A taxi driver named a kitten in honour of {s}.",
        ),
        joins="{s} is shelved in the '{c}' genre",
    ),
)  # fmt: skip
