"""codebase: the modules of a large system, their upkeep and what they lean on."""

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

PERCENT = ("", "%", 1)
DELAY = ("", " ms", 1)

WORLD = World(
    id="codebase",
    noun="module",
    plural="modules",
    first=tuple(
        "Ledger Harpoon Cobalt Prism Falcon Quartz Nimbus Ember Saffron Lattice Compass Hazel"
        " Juniper Mosaic Orbit Pylon Quiver Raven Signal Tundra Umbra Vector Willow Xenon Zenith"
        " Amber Basalt Cinder Delta Echo Flint Granite Helix Indigo Jade Karst".split()
    ),
    second=tuple(
        "Gateway Scheduler Parser Broker Indexer Renderer Resolver Collector Dispatcher Encoder"
        " Fetcher Governor Importer Joiner Keeper Linker Mapper Notifier Optimizer Packer Planner"
        " Router Sampler Tracker Validator Watcher Exporter Compiler Loader Formatter Tokenizer"
        " Merger Proxy Registry Shard Vault".split()
    ),
    categories=(
        "Backend", "Frontend", "Data Pipeline", "Infrastructure", "Messaging",
        "Machine Learning", "Developer Tooling", "Shared Library", "Billing", "Security",
    ),
    traits=(
        count("lines of code", "source length", 10_000, 950_000, "{s} spans {v} lines of code"),
        count("contributors", "committers", 100, 980, "{s} credits {v} contributors"),
        measure("deployment frequency", "deploys a month", 101, 990,
                "{s} reaches a deployment frequency of {v}"),
        enum("primary language", "main dialect",
             "python java golang rust typescript kotlin scala ruby elixir haskell swift erlang",
             "The primary language of {s} is {v}"),
        count("unit tests", "automated checks", 1_000, 990_000,
              "{s} guards itself with {v} unit tests"),
        count("open defects", "unresolved bugs", 100, 960, "{s} still has {v} open defects"),
        measure("test coverage", "covered share", 101, 995,
                "{s} attains test coverage of {v}", PERCENT),
        count("endpoints", "exposed routes", 100, 970, "{s} exposes {v} endpoints"),
        date("release date", "debut", "{s} remembers {v} as its release date"),
        series("weekly builds", "builds by week", 100, 999,
               "{s} went through weekly builds of {v} over six weeks"),
        count("package imports", "dependencies", 100, 940, "{s} pulls in {v} package imports"),
        count("review comments", "reviewer remarks", 1_000, 970_000,
              "{s} gathered {v} review comments"),
        measure("response time", "reply delay", 101, 995,
                "{s} shows a response time of {v}", DELAY),
        count("feature flags", "runtime switches", 100, 950, "{s} hides behind {v} feature flags"),
        enum("lifecycle stage", "maturity",
             "experimental incubating beta stable frozen legacy deprecated archived sunset"
             " dormant",
             "{s} declares its lifecycle stage to be {v}"),
        count("configuration keys", "settings", 100, 990, "{s} parses {v} configuration keys"),
        text("design notes", "architecture sketch",
             ("layered stateless sharded pluggable reactive lockfree monolithic declarative"
              " versioned encrypted buffered sandboxed federated mirrored",
              "event cache stream socket graph tree cursor bitmap journal lease token cluster"
              " replica snapshot",
              "bus wrapper facade machine ring adapter pool kernel engine visitor mesh bridge"
              " store heap"),
             "{s} sums up its design notes as {v}"),
        count("merged patches", "accepted changes", 1_000, 990_000,
              "{s} absorbed {v} merged patches"),
        count("forks", "derived repositories", 100, 930, "{s} gave rise to {v} forks"),
        count("release notes", "shipping remarks", 100, 980,
              "{s} published {v} release notes"),
        count("incidents", "outages", 100, 900, "{s} lived through {v} incidents"),
        count("lint warnings", "style complaints", 100, 999, "{s} triggers {v} lint warnings"),
    ),
    relations=(
        Relation("x", "depends on", symmetric=False),
        Relation("y", "shares maintainers with", symmetric=True),
        Relation("z", "takes over the duties of", symmetric=False),
    ),
    ratios=(
        ("lines of code", "contributors"),
        ("unit tests", "endpoints"),
        ("merged patches", "forks"),
    ),
    ceilings=(
        Ceiling("open defects", "lines of code", 3),
    ),
    wording=Wording(
        employer="a platform group that inherits modules",
        titles=("Module card", "Architecture log", "Handover sheet", "Audit printout"),
        peers=("the monorepo norm", "the sibling repository", "the platform baseline"),
        notices=(
            "A rerun of the metrics job replaces the entry for {l} at {s}: it is {now}",
            "The dashboard misread a column so the entry for {l} at {s} is amended and is {now}",
        ),
        noise=(
            "The chat room of {s} spent the morning choosing a new emoji.",
            "Somebody glued a sticker of {s} on the coffee grinder.",
            "Reminder: laptops need a restart before the network drill tonight.",
            "The pub quiz had one question about the name of {s}.",
        ),
        joins="{s} sits in the '{c}' layer",
    ),
)  # fmt: skip
