"""project: undertakings with a purse, a plan and a deadline."""

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

MILLIONS = ("$", "M", 1)
THOUSANDS = ("$", "K", 0)

WORLD = World(
    id="project",
    noun="project",
    plural="projects",
    first=tuple(
        "Aurora Bluebird Cascade Driftwood Evergreen Firefly Glacier Horizon Ironwood Jubilee"
        " Kingfisher Lantern Meridian Nightingale Outrigger Pinnacle Quicksilver Redwood"
        " Sandpiper Trident Undertow Vanguard Windmill Yellowstone Zeppelin Arrowhead Bramble"
        " Copperfield Dragonfly Everest Foxglove Goldfinch Halcyon Ivory Jackdaw Keystone".split()
    ),
    second=tuple(
        "Rollout Migration Overhaul Refit Launch Upgrade Retrofit Expansion Relocation"
        " Consolidation Redesign Pilot Conversion Modernisation Integration Cutover Buildout"
        " Revamp Transition Renewal Initiative Programme Venture Prototype Extension Restructure"
        " Onboarding Automation Digitisation Refresh Installation Deployment Merger Turnaround"
        " Commission Survey".split()
    ),
    categories=(
        "Agile", "Waterfall", "Kanban", "Scrum", "Lean",
        "Spiral", "Hybrid", "Iterative", "Sequential", "Adaptive",
    ),
    traits=(
        count("sprints", "iterations", 100, 960, "{s} has run {v} sprints"),
        measure("budget", "approved money", 102, 998, "{s} was granted a budget of {v}", MILLIONS),
        measure("velocity", "delivery pace", 101, 990,
                "{s} sustains a velocity of {v} story points"),
        count("backlog items", "queued tasks", 100, 960, "{s} still faces {v} backlog items"),
        enum("delivery status", "present state",
             "planning executing paused blocked closing completed cancelled recovering drafting",
             "The delivery status of {s} is {v}"),
        measure("risk score", "hazard index", 101, 995, "{s} bears a risk score of {v}"),
        count("closed issues", "solved tickets", 1_000, 990_000,
              "{s} can point to {v} closed issues"),
        count("team members", "crew", 100, 940, "{s} engages {v} team members"),
        date("kickoff date", "starting day", "{s} marks {v} as its kickoff date"),
        count("stakeholders", "interested parties", 100, 970, "{s} answers to {v} stakeholders"),
        series("monthly burn", "spending by month", 100, 999,
               "{s} ran through a monthly burn of {v} over six months", THOUSANDS),
        count("milestones", "checkpoints", 100, 930, "{s} staked out {v} milestones"),
        count("change requests", "scope amendments", 100, 980,
              "{s} registered {v} change requests"),
        enum("funding source", "paymaster",
             "treasury grant loan levy bond donor lottery sponsor reserve consortium",
             "{s} lives on a funding source booked as {v}"),
        count("work packages", "task bundles", 100, 950, "{s} is split into {v} work packages"),
        count("contractor hours", "outsourced hours", 10_000, 950_000,
              "{s} was billed {v} contractor hours"),
        text("key risk", "main worry",
             ("late missing fragile costly vague rushed untested distant rival tangled overdue"
              " unpaid hidden scarce",
              "vendor permit supplier licence schema safety customs interface landlord union"
              " hardware firmware auditor translator",
              "quarrels gaps strikes leaks recalls shortages disputes failures vetoes defects"
              " clashes lapses penalties detours"),
             "{s} names its key risk as {v}"),
        count("test scenarios", "trial cases", 100, 990, "{s} scripted {v} test scenarios"),
        count("site visits", "field trips", 100, 900, "{s} hosted {v} site visits"),
        count("review sessions", "progress rounds", 100, 990,
              "{s} sat through {v} review sessions"),
        count("purchase orders", "procurement slips", 100, 985, "{s} raised {v} purchase orders"),
        count("coaching days", "workshop days", 100, 965, "{s} scheduled {v} coaching days"),
    ),
    relations=(
        Relation("x", "must wait for", symmetric=False),
        Relation("y", "draws on one staff pool with", symmetric=True),
        Relation("z", "hands its results to", symmetric=False),
    ),
    ratios=(
        ("closed issues", "sprints"),
        ("backlog items", "team members"),
        ("contractor hours", "work packages"),
    ),
    ceilings=(
        Ceiling("milestones", "closed issues", 40),
        Ceiling("work packages", "closed issues", 50),
    ),
    wording=Wording(
        employer="a steering office that oversees projects",
        titles=("Steering brief", "Board update", "Portfolio page", "Progress circular"),
        peers=("the portfolio mean", "the sister effort", "the usual undertaking"),
        notices=(
            "The steering office has reissued the entry for {l} at {s}: it is {now}",
            "Owing to a spreadsheet slip the entry for {l} at {s} was wrong and is {now}",
        ),
        noise=(
            "The poster of {s} hangs crooked beside the lifts.",
            "A cake in the colours of {s} vanished before lunch.",
            "Reminder: meeting rooms must be left tidy and the blinds lowered.",
            "Two interns argued about how to pronounce {s} and parted as friends.",
        ),
        joins="{s} is steered by the '{c}' method",
    ),
)  # fmt: skip
