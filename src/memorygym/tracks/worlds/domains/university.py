"""university: places of study, their people and their papers."""

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

BILLIONS = ("$", "B", 1)
THOUSANDS = ("$", "K", 1)
PERCENT = ("", "%", 1)

WORLD = World(
    id="university",
    noun="university",
    plural="universities",
    first=tuple(
        "Ashcombe Bellhaven Carrick Dunstone Eldwick Farnley Glenmore Hartwell Inverlea Kingsmead"
        " Langford Merrow Northgate Oakhurst Pembury Ravenel Stanmore Thornbury Underhill"
        " Wexcombe Yarmore Aldergate Brantham Colwyn Draycott Everdene Fairmont Greyfriars"
        " Hawksworth Ilmere Kelderby Lowther Tregarth Netherby Ormsby Prestwick".split()
    ),
    second=tuple(
        "College Academy Institute Polytechnic Conservatory Seminary Athenaeum Lyceum Collegium"
        " Studium Hall Abbey Priory Cloister Chapel Court Quadrangle Tower Gate Bridge Park Green"
        " Grove Heath Hill Mount Vale Dale Moor Cross Ferry Spire Terrace Arcade Rotunda"
        " Observatory".split()
    ),
    categories=(
        "Humanities", "Engineering", "Medical", "Business", "Comprehensive",
        "Maritime", "Agricultural", "Pedagogical", "Fine Arts", "Law",
    ),
    traits=(
        count("enrollment", "student body", 1_000, 980_000,
              "{s} reports an enrollment of {v} learners"),
        measure("acceptance rate", "admission odds", 101, 995,
                "{s} publishes an acceptance rate of {v}", PERCENT),
        count("faculty members", "teaching staff", 100, 999, "{s} employs {v} faculty members"),
        series("research output", "papers by year", 100, 999,
               "{s} credits itself with a research output of {v} over six years"),
        count("library volumes", "books on shelves", 10_000, 950_000,
              "{s} lends out {v} library volumes"),
        enum("campus setting", "surroundings",
             "urban suburban rural coastal alpine riverside desert island woodland hilltop",
             "The campus setting of {s} is {v}"),
        count("campus acres", "grounds in acres", 100, 990, "{s} spreads over {v} campus acres"),
        measure("endowment", "invested capital", 102, 998,
                "{s} manages an endowment of {v}", BILLIONS),
        count("student clubs", "societies", 100, 980, "{s} recognises {v} student clubs"),
        count("dormitory beds", "residence places", 100, 980, "{s} offers {v} dormitory beds"),
        enum("funding model", "form of governance",
             "public charitable municipal federal cooperative denominational endowed royal"
             " proprietary",
             "{s} describes its funding model as {v}"),
        count("alumni", "past graduates", 10_000, 960_000, "{s} writes to {v} alumni"),
        date("charter date", "founding day", "{s} celebrates {v} as its charter date"),
        count("degree programmes", "courses of study", 100, 940,
              "{s} teaches {v} degree programmes"),
        count("doctoral candidates", "doctorates in progress", 100, 990,
              "{s} supervises {v} doctoral candidates"),
        text("mission motto", "guiding aim",
             ("nurture challenge inspire shelter awaken gather kindle steady sharpen free bind"
              " honour guide temper",
              "curious patient fearless humble restless daring candid gentle nimble stubborn"
              " tender upright sober lively",
              "minds makers healers voices scholars hearts citizens dreamers builders thinkers"
              " sceptics neighbours pioneers readers"),
             "{s} carved its mission motto as {v}"),
        count("lecture theatres", "auditoria", 100, 960, "{s} heats {v} lecture theatres"),
        measure("tuition", "yearly fees", 101, 990, "{s} charges tuition of {v}", THOUSANDS),
        count("exchange agreements", "pacts abroad", 100, 970,
              "{s} signed {v} exchange agreements"),
        count("field trips", "study excursions", 100, 960,
              "{s} organised {v} field trips"),
        count("laboratories", "experiment rooms", 100, 950, "{s} equips {v} laboratories"),
        count("scholarships", "bursaries", 100, 985, "{s} awards {v} scholarships"),
    ),
    relations=(
        Relation("x", "validates the degrees of", symmetric=False),
        Relation("y", "is twinned with", symmetric=True),
        Relation("z", "recruits lecturers trained at", symmetric=False),
    ),
    ratios=(
        ("enrollment", "faculty members"),
        ("library volumes", "doctoral candidates"),
        ("alumni", "scholarships"),
    ),
    ceilings=(
        Ceiling("dormitory beds", "enrollment", 60),
        Ceiling("faculty members", "enrollment", 40),
    ),
    wording=Wording(
        employer="an agency that compares universities",
        titles=("Campus dossier", "Letter of the rector", "Admissions digest",
                "Accreditation summary"),
        peers=("the national mean", "the regional norm", "the nearest rival"),
        notices=(
            "The registrar has amended the entry for {l} at {s}: it is {now}",
            "Since a clerical slip was found the entry for {l} at {s} has been redone and is {now}",
        ),
        noise=(
            "The choir of {s} sings in the market square on Sunday evening.",
            "Gardeners planted tulips beside the old bicycle racks of {s}.",
            "Reminder: the reading room shuts at noon for a fire drill.",
            "A local paper printed a crossword about the mascot of {s}.",
        ),
        joins="{s} is classed among the '{c}' schools",
    ),
)  # fmt: skip
