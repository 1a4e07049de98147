"""A project tracker: escalations, assignments, releases and estimates."""

from memorygym.tracks.web.app import App, RecordAttribute, Form

APP = App(
    name="tracker",
    title="Project Tracker",
    types={
        "component": (
            ("Heron", "Osprey", "Falcon", "Linden", "Juniper", "Saffron"),
            ("Export", "Digest", "Rollup", "Gateway"),
        ),
        "engineer": (
            ("Gita", "Henrik", "Iris", "Jonas", "Kezia", "Lamar"),
            ("Novak", "Okafor", "Petrov", "Quill"),
        ),
        "team": (("Granite", "Velvet", "Cobalt", "Ivory"), ("Team", "Crew")),
    },
    numbers={"team": 8},
    described={"component": "repository code", "engineer": "badge code"},
    attributes=(
        RecordAttribute("component", "lead", "record", of="engineer", others=("head",)),
        RecordAttribute("component", "release code", "code", others=("tag code",)),
        RecordAttribute("component", "repository code", "code"),
        RecordAttribute("component", "estimate", "number", range=(105, 989), others=("forecast",)),
        RecordAttribute(
            "component",
            "severity",
            "choice",
            choices=("minor", "moderate", "major", "critical", "cosmetic", "blocking"),
        ),
        RecordAttribute("engineer", "desk code", "code", others=("seat code",)),
        RecordAttribute("engineer", "badge code", "code"),
        RecordAttribute("engineer", "team", "record", of="team", others=("unit",)),
        RecordAttribute("team", "queue code", "code", others=("inbox code",)),
    ),
    forms=(
        Form(
            "Escalation",
            "component",
            "escalate {component}",
            (
                ("component", "lead", "team", "queue code"),
                ("component", "severity"),
            ),
        ),
        Form(
            "Assignment",
            "component",
            "assign {component} to its lead",
            (("component", "lead"), ("component", "lead", "desk code")),
        ),
        Form(
            "Release",
            "component",
            "release {component}",
            (("component", "release code"), ("component", "estimate")),
        ),
        Form(
            "Visit",
            "engineer",
            "plan a visit to {engineer}",
            (("engineer", "desk code"),),
        ),
    ),
    layout="list",
)
