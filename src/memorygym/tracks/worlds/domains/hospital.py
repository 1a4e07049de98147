"""hospital: clinics, whom they treat and how it ends."""

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
    id="hospital",
    noun="hospital",
    plural="hospitals",
    first=tuple(
        "Agatha Basil Clement Dominic Elspeth Florian Gerard Hilary Isidore Jerome Kilian Lucian"
        " Magnus Norbert Odilia Philip Quirin Rupert Sabina Thekla Ursula Vincent Walburga Xenia"
        " Yvette Zita Adalbert Barnabas Camillus Dunstan Edmund Felicity Godwin Hubert Ignatius"
        " Justina".split()
    ),
    second=tuple(
        "Pavilion Sanctuary Cloister Hospice Chapel Abbey Infirmary Priory Manor Lodge Gardens"
        " Court Commons Parkside Riverside Hillcrest Lakeview Oakwood Elmwood Maplewood Cedarwood"
        " Brookside Westend Northgate Southgate Fairview Highfield Greenway Stonebridge Whitehall"
        " Redcliff Bluebell Silverdale Goldenhill Kingsway Queensbury".split()
    ),
    categories=(
        "Cardiac Care", "Cancer Care", "Kidney Care", "Maternity", "Trauma",
        "Psychiatry", "Eye Surgery", "Joint Surgery", "Rehabilitation", "Geriatrics",
    ),
    traits=(
        count("beds", "sleeping places", 100, 999, "{s} operates {v} beds"),
        count("staff", "workforce", 150, 999, "{s} employs {v} staff"),
        measure("annual budget", "yearly spending", 102, 998,
                "{s} lives on an annual budget of {v}", ("$", "M", 1)),
        count("discharges", "patients sent home", 10_000, 950_000, "{s} completed {v} discharges"),
        enum("quality seal", "accreditation level",
             "bronze silver gold platinum titanium copper emerald sapphire ruby diamond",
             "The quality seal of {s} is {v}"),
        measure("recovery rate", "share cured", 101, 995,
                "{s} achieves a recovery rate of {v}", ("", "%", 1)),
        count("outpatient visits", "day patients", 10_000, 960_000,
              "{s} received {v} outpatient visits"),
        count("operations", "surgical procedures", 100, 990, "{s} performed {v} operations"),
        date("inspection date", "day of inspection", "{s} gives {v} as its inspection date"),
        count("births", "newborn arrivals", 100, 970, "{s} registered {v} births"),
        series("monthly admissions", "admissions by month", 100, 999,
               "{s} booked monthly admissions of {v} over six months"),
        count("ventilators", "breathing machines", 100, 960, "{s} services {v} ventilators"),
        measure("price per stay", "inpatient bill", 101, 995,
                "{s} charges a price per stay of {v}", ("$", "K", 1)),
        count("nurses", "ward carers", 100, 890, "{s} rosters {v} nurses"),
        text("treatment focus", "special expertise",
             ("mends monitors rebuilds screens soothes transplants regulates scans replaces numbs"
              " drains stabilises rinses splints revives",
              "fragile inflamed chronic congenital infant swollen burned clotted fractured"
              " allergic weakened septic rare elderly paralysed",
              "lungs kidneys arteries retinas spines hips nerves livers tendons glands knees"
              " hearts muscles veins jaws"),
             "{s} presents its treatment focus as {v}"),
        count("ambulances", "rescue vehicles", 100, 940, "{s} dispatches {v} ambulances"),
        count("blood units", "donor bags", 1_000, 980_000, "{s} has stored {v} blood units"),
        enum("ownership form", "legal footing",
             "military charitable municipal private federal cooperative monastic regional"
             " missionary corporate",
             "The ownership form of {s} is entered as {v}"),
        count("lab tests", "sample analyses", 10_000, 940_000, "{s} ran {v} lab tests"),
        count("readmissions", "relapsed patients", 100, 985, "{s} suffered {v} readmissions"),
        count("volunteers", "unpaid helpers", 100, 930, "{s} thanks {v} volunteers"),
    ),
    relations=(
        Relation("x", "refers patients to", symmetric=False),
        Relation("y", "shares surgeons with", symmetric=True),
    ),
    ratios=(
        ("outpatient visits", "beds"),
        ("discharges", "staff"),
        ("lab tests", "operations"),
        ("blood units", "operations"),
    ),
    ceilings=(Ceiling("beds", "staff", 200), Ceiling("nurses", "staff", 90)),
    wording=Wording(
        employer="a health insurer that compares hospitals",
        titles=("Hospital report", "Ward round summary", "Insurer's dossier", "Ministry return"),
        peers=("the national mean", "the clinic next door"),
        notices=(
            "The medical auditors have amended the entry for {l} at {s}: it is {now}",
            "A transcription slip was found and the entry for {l} at {s} is {now}",
        ),
        noise=(
            "The vending machine on the third floor of {s} swallowed a coin and apologised.",
            "A choir sang in the lobby of {s} and the porters hummed along.",
            "Reminder: badges are to be worn on the left, and the fish tank is not to be fed.",
            "Somebody left a violin in the waiting hall of {s}; it may be claimed at the desk.",
        ),
        joins="{s} is best known in the '{c}' field",
    ),
)  # fmt: skip
