"""The back office of a shop: refunds, shipments, orders and prices."""

from memorygym.tracks.web.app import App, RecordAttribute, Form

APP = App(
    name="shop",
    title="Back Office",
    types={
        "customer": (
            ("Ada", "Boris", "Clara", "Dmitri", "Esther", "Felix"),
            ("Aldgate", "Bexley", "Corwin", "Dunmore"),
        ),
        "product": (
            ("Amber", "Birch", "Copper", "Drift", "Ember", "Flint"),
            ("Lamp", "Kettle", "Stool", "Mirror"),
        ),
        "depot": (("North", "East", "Harbour", "Mill"), ("Depot", "Hangar")),
        "supplier": (("Garrick", "Hobart", "Ivor", "Jessop"), ("Brothers", "Works")),
    },
    numbers={"depot": 8, "supplier": 8},
    described={"customer": "member code", "product": "stock code"},
    attributes=(
        RecordAttribute("customer", "account code", "code", others=("ledger code",)),
        RecordAttribute("customer", "member code", "code"),
        RecordAttribute("customer", "pickup point", "record", of="depot", others=("parcel place",)),
        RecordAttribute(
            "customer",
            "contact",
            "choice",
            choices=("phone", "letter", "courier", "fax", "e-mail", "text message"),
        ),
        RecordAttribute("product", "stock code", "code", others=("shelf code",)),
        RecordAttribute("product", "price", "number", range=(101, 989), others=("cost",)),
        RecordAttribute("product", "supplier", "record", of="supplier", others=("maker",)),
        RecordAttribute("depot", "dock code", "code", others=("gate code",)),
        RecordAttribute("supplier", "order code", "code"),
    ),
    forms=(
        Form(
            "Refund",
            "customer",
            "refund {product} to {customer}",
            (
                ("customer", "account code"),
                ("product", "price"),
                ("customer", "contact"),
            ),
        ),
        Form(
            "Shipment",
            "customer",
            "ship {product} to {customer}",
            (("product", "stock code"), ("customer", "pickup point", "dock code")),
        ),
        Form(
            "Reorder",
            "product",
            "order more of {product}",
            (("product", "supplier", "order code"),),
        ),
        Form(
            "Label",
            "product",
            "print a label for {product}",
            (("product", "price"), ("product", "stock code")),
        ),
    ),
    layout="both",
)
