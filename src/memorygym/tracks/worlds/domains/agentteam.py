"""agentteam: software agents at work together, their pace and their faults."""

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

DELAY = ("", " ms", 1)

WORLD = World(
    id="agentteam",
    noun="agent",
    plural="agents",
    first=tuple(
        "Argus Bramley Calypso Dexter Electra Fenrir Galileo Hermes Icarus Janus Kepler Loki"
        " Mercury Nestor Orion Pascal Quill Rune Socrates Talos Ulysses Vesta Wotan Xerxes Yorick"
        " Zeno Atlas Boreas Castor Daedalus Euler Faraday Gauss Hypatia Iris Juno Kronos".split()
    ),
    second=tuple(
        "Courier Scout Sentinel Herald Weaver Pilot Warden Clerk Archivist Auditor Steward Ranger"
        " Marshal Envoy Curator Tinker Surveyor Navigator Foreman Porter Shepherd Fletcher Mason"
        " Cooper Smith Tanner Miller Falconer Lookout Helmsman Gardener Lamplighter Cartographer"
        " Interpreter Concierge Butler".split()
    ),
    categories=(
        "Coordinator", "Worker", "Monitor", "Router", "Planner",
        "Executor", "Analyzer", "Retriever", "Generator", "Validator",
    ),
    traits=(
        count("handled tasks", "finished jobs", 10_000, 990_000,
              "{s} looks back on {v} handled tasks"),
        measure("throughput", "hourly yield", 101, 990,
                "{s} sustains a throughput of {v} jobs an hour"),
        measure("response latency", "reply lag", 101, 995,
                "{s} answers with a response latency of {v}", DELAY),
        enum("operating state", "run condition",
             "active idle stalled degraded draining restarting quarantined overloaded suspended"
             " warming",
             "The operating state of {s} is {v}"),
        measure("coordination score", "teamwork mark", 101, 995,
                "{s} earns a coordination score of {v}"),
        count("messages sent", "outgoing mail", 10_000, 950_000,
              "{s} accounts for {v} messages sent"),
        text("error patterns", "recurring faults",
             ("stale duplicate truncated endless silent garbled premature circular misrouted"
              " malformed dropped conflicting skipped phantom",
              "handoff lock timeout schema checkpoint prompt thread index budget cursor session"
              " webhook registry payload",
              "loops overflows mismatches races leaks rollbacks echoes collisions gaps crashes"
              " storms deadlocks refusals spikes"),
             "{s} confesses to error patterns such as {v}"),
        count("retries", "repeated attempts", 100, 980, "{s} needed {v} retries"),
        count("queue depth", "jobs in waiting", 100, 960, "{s} works off a queue depth of {v}"),
        series("hourly bursts", "peaks by hour", 100, 999,
               "{s} weathered hourly bursts of {v} over six hours"),
        count("tool calls", "tool invocations", 1_000, 980_000, "{s} issued {v} tool calls"),
        date("deployment date", "activation day", "{s} quotes {v} as its deployment date"),
        count("open connections", "live sockets", 100, 940, "{s} maintains {v} open connections"),
        count("context switches", "task swaps", 100, 990, "{s} went through {v} context switches"),
        enum("message protocol", "wire format",
             "synchronous asynchronous broadcast polling streaming batched relayed multicast"
             " brokered",
             "{s} talks over a message protocol of the {v} type"),
        count("cached plans", "stored recipes", 100, 970, "{s} reuses {v} cached plans"),
        count("peer reviews", "critiques", 100, 930, "{s} wrote {v} peer reviews"),
        count("escalations", "raised alarms", 100, 950, "{s} passed on {v} escalations"),
        count("memory pages", "recall slots", 100, 990, "{s} fills {v} memory pages"),
        count("uptime hours", "hours online", 100, 870, "{s} has put in {v} uptime hours"),
        count("test prompts", "probe questions", 100, 985, "{s} survived {v} test prompts"),
        count("known skills", "abilities", 100, 900, "{s} offers {v} known skills"),
    ),
    relations=(
        Relation("x", "delegates to", symmetric=False),
        Relation("y", "takes turns with", symmetric=True),
        Relation("z", "checks the work of", symmetric=False),
    ),
    ratios=(
        ("messages sent", "retries"),
        ("tool calls", "escalations"),
        ("handled tasks", "open connections"),
    ),
    ceilings=(
        Ceiling("escalations", "handled tasks", 2),
        Ceiling("retries", "tool calls", 25),
    ),
    wording=Wording(
        employer="an operations desk that runs agents",
        titles=("Agent passport", "Shift report", "Fleet bulletin", "Trace abstract"),
        peers=("the fleet mean", "the twin instance", "the reference setup"),
        notices=(
            "Telemetry was replayed and the entry for {l} at {s} has changed: it is {now}",
            "A clock fault had spoiled the entry for {l} at {s} which is {now}",
        ),
        noise=(
            "The avatar of {s} got a winter scarf in the new icon set.",
            "An operator hummed the startup chime of {s} all afternoon.",
            "Reminder: the control room will be repainted at the weekend.",
            "Somebody proposed a birthday party for {s} and nobody objected.",
        ),
        joins="{s} acts in the '{c}' role",
    ),
)  # fmt: skip
