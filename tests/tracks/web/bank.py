"""An application that is not the package's own."""

from memorygym.tracks.web.app import App, Form, RecordAttribute

BANK = App(
    name="bank",
    title="Bank",
    types={
        "person": (("Ann", "Ben", "Cara"), ("Bell", "Cole", "Dorn")),
        "firm": (("Rook", "Swan"), ("Bank", "Trust")),
    },
    described={"person": "desk code"},
    attributes=(
        RecordAttribute("person", "desk code", "code"),
        RecordAttribute("person", "score", "number", range=(200, 900)),
        RecordAttribute("person", "house bank", "record", of="firm"),
        RecordAttribute("firm", "vault code", "code"),
    ),
    forms=(
        Form("Visit", "person", "visit {person}", (("person", "score"),)),
        Form(
            "Transfer",
            "person",
            "pay {person} through the vault",
            (("person", "house bank", "vault code"), ("person", "score")),
        ),
    ),
    layout="list",
)
