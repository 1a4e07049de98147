"""A mail application: forwarding, invitations, subscriptions and quotas."""

from memorygym.tracks.web.app import App, RecordAttribute, Form

APP = App(
    name="mail",
    title="Mail",
    types={
        "contact": (
            ("Mara", "Nils", "Odile", "Pavel", "Rosa", "Stefan"),
            ("Fenwick", "Garland", "Hewitt", "Ingram"),
        ),
        "circle": (
            ("Quay", "Garden", "Lantern", "Meadow", "Orchard", "Tower"),
            ("Circle", "Forum", "Board", "Club"),
        ),
        "office": (("Upper", "Lower", "River", "Castle"), ("Office", "Annex")),
    },
    numbers={"office": 8},
    described={"contact": "staff code", "circle": "charter code"},
    attributes=(
        RecordAttribute("contact", "mailbox code", "code", others=("postbox code",)),
        RecordAttribute("contact", "staff code", "code"),
        RecordAttribute("contact", "office", "record", of="office", others=("workplace",)),
        RecordAttribute("contact", "sponsor", "record", of="circle", others=("backer",)),
        RecordAttribute(
            "contact",
            "signature",
            "choice",
            choices=("formal", "short", "plain", "bilingual", "scanned", "verified"),
        ),
        RecordAttribute("circle", "moderator", "record", of="contact", others=("chair",)),
        RecordAttribute("circle", "access code", "code", others=("entry code",)),
        RecordAttribute("circle", "charter code", "code"),
        RecordAttribute("circle", "quota", "number", range=(105, 989), others=("allowance",)),
        RecordAttribute("office", "door code", "code", others=("lobby code",)),
    ),
    forms=(
        Form(
            "Forward",
            "contact",
            "forward the invoice to {contact}",
            (("contact", "mailbox code"), ("contact", "signature")),
        ),
        Form(
            "Invitation",
            "contact",
            "invite {contact} to the meeting",
            (("contact", "office", "door code"), ("contact", "sponsor")),
        ),
        Form(
            "Subscription",
            "circle",
            "subscribe to {circle}",
            (("circle", "access code"), ("circle", "moderator", "mailbox code")),
        ),
        Form("Report", "circle", "report the quota of {circle}", (("circle", "quota"),)),
    ),
    layout="sentences",
)
