"""Notes as language models write them: short forms, codes, fragments, lists under a heading."""

import pytest

from memorygym.core.statements import StatementIndex
from memorygym.tracks.codeqa import fact_reader as codeqa
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.worlds.fact_reader import strong_reader
from tests.layouts.tasks import current_facts, shown_world, world_facts

HARBOR, RAIL = "Acme Harbor", "Zephyr Rail"


def facts(text: str, template: str = "company") -> dict[tuple[str, ...], str]:
    """What a text states, with the labels of the system message."""
    reader = strong_reader(shown_world(template)[0])
    attributes = {a.code: a for a in reader.guide.attributes}
    phrases = {relation.code: relation.phrase for relation in reader.guide.relations}
    records = reader.read(text)
    found: dict[tuple[str, ...], str] = {}
    for (name, key, *other), value in world_facts(records, reader.guide).items():
        if other:
            found[name, phrases[key], other[0]] = "yes"
        elif key == "category":
            found[name, "group"] = StatementIndex(records).category(name)
        else:
            found[name, attributes[key].label] = attributes[key].show(value)  # type: ignore[arg-type]
    return found


def of(name: str, **values: str) -> dict[tuple[str, ...], str]:
    """The facts of one entity."""
    return {(name, label.replace("_", " ")): value for label, value in values.items()}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Acme Harbor|C|a11462|b 93.9|i minor|k 2017-03-28",
         of(HARBOR, group="Energy", employees="11,462", revenue="$93.9M", risk_level="minor",
            listing_date="2017-03-28")),
        ("Acme Harbor (C): a=300* (was 200); x=Zephyr Rail",
         {**of(HARBOR, group="Energy", employees="300"), (HARBOR, "supplies", RAIL): "yes"}),
        ("| name | grp | a | m |\n|---|---|---|---|\n| Acme Harbor | C | 300 | 13.9 |",
         of(HARBOR, group="Energy", employees="300", debt_ratio="13.9%")),
        ("codes = letters of the schema\nAcme Harbor: a 300; e 40",
         of(HARBOR, employees="300", patents="40")),
        # Nothing shows that these are the letters of the schema.
        ("Acme Harbor: e 300; t 40", {}),
        ("Acme Harbor|C|a11462|what else", {}),
    ],
)  # fmt: skip
def test_letters_of_the_schema_are_labels_where_the_text_shows_it(
    text: str, wanted: dict[tuple[str, ...], str]
) -> None:
    assert facts(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("AcHa = Acme Harbor [Energy] 300 patents\nAcHa vans: 40",
         of(HARBOR, group="Energy", patents="300", delivery_vans="40")),
        ("Acme Harbor (AH): 300 patents.\nAH competes with Zephyr Rail",
         {**of(HARBOR, patents="300"), (HARBOR, "competes with", RAIL): "yes"}),
        ("Acme Harbor: 300 patents\nAcme: 40 vans", of(HARBOR, patents="300", delivery_vans="40")),
        # Two could be meant.
        ("Acme Harbor: 300 patents\nAcme Brands: 20 vans\nAcme: 40 offices",
         {**of(HARBOR, patents="300"), **of("Acme Brands", delivery_vans="20")}),
        ("E=employees, V=vans\nAcme Harbor E300 V40",
         of(HARBOR, employees="300", delivery_vans="40")),
    ],
)  # fmt: skip
def test_short_names_stand_for_what_the_text_defines(
    text: str, wanted: dict[tuple[str, ...], str]
) -> None:
    assert facts(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("- Acme Harbor: 300 patents\n- risk minor\n- supplies Zephyr Rail\n- 40 vans",
         {**of(HARBOR, patents="300", risk_level="minor", delivery_vans="40"),
          (HARBOR, "supplies", RAIL): "yes"}),
        # A key again: another entity, which nobody named.
        ("- Acme Harbor: 300 patents\n- patents 400\n- 40 vans", of(HARBOR, patents="300")),
        ("- Acme Harbor: 300 patents\n\n- 40 vans", of(HARBOR, patents="300")),
        ("- Acme Harbor: 300 patents\n- see Zephyr Rail\n- 40 vans", of(HARBOR, patents="300")),
        ("Acme Harbor: 300 patents\n40 vans", of(HARBOR, patents="300")),
        ("## Energy\n- Acme Harbor: 300 patents\n\n## Finance\n- Zephyr Rail: 40 vans",
         {**of(HARBOR, group="Energy", patents="300"),
          **of(RAIL, group="Finance", delivery_vans="40")}),
        ("Watchlist (Finance, Energy)\n- Acme Harbor: 300 patents", of(HARBOR, patents="300")),
    ],
)  # fmt: skip
def test_bullets_without_a_name_go_on_with_the_bullet_above(
    text: str, wanted: dict[tuple[str, ...], str]
) -> None:
    assert facts(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Acme Harbor: rev. 40.1M; trng hrs 300",
         of(HARBOR, revenue="$40.1M", training_hours="300")),
        ("Acme Harbor (Mfg), 300 patents", of(HARBOR, group="Manufacturing", patents="300")),
        ("Acme Harbor, an Energy name that also supplies Zephyr Rail",
         {**of(HARBOR, group="Energy"), (HARBOR, "supplies", RAIL): "yes"}),
        ("Acme Harbor (that's the Energy one) holds 300 patents",
         of(HARBOR, group="Energy", patents="300")),
        ("Acme Harbor is not an Energy firm", {}),
        ("Acme Harbor // Energy // vans 40", of(HARBOR, group="Energy", delivery_vans="40")),
        ("Acme Harbor: R&D 50.6M, 109 patents, risk moderate",
         of(HARBOR, **{"R&D spending": "$50.6M", "patents": "109", "risk_level": "moderate"})),
        ("Acme Harbor: orders 1/2/3/4/5/6", of(HARBOR, quarterly_orders="1, 2, 3, 4, 5, 6")),
        ("Acme Harbor: audit pending", of(HARBOR, audit_opinion="pending")),
        ("Acme Harbor and Zephyr Rail both hold 300 patents",
         {**of(HARBOR, patents="300"), **of(RAIL, patents="300")}),
        ("Vans (owned): Acme Harbor 300, Zephyr Rail 40",
         {**of(HARBOR, delivery_vans="300"), **of(RAIL, delivery_vans="40")}),
        ("| company | vans | risk |\n|---|---|---|\n| Acme Harbor | 30 | minor |\n"
         '| Zephyr Rail | 40 | " |',
         {**of(HARBOR, delivery_vans="30", risk_level="minor"),
          **of(RAIL, delivery_vans="40", risk_level="minor")}),
        ("COMPANIES (vans / patents)\nAcme Harbor 30 / 300\nZephyr Rail 40 / ?",
         {**of(HARBOR, delivery_vans="30", patents="300"), **of(RAIL, delivery_vans="40")}),
        ("Acme Harbor: 375 patents now (340 before)", of(HARBOR, patents="375")),
        ("Acme Harbor held 300 patents, but as of 26 Jan it's 320.", of(HARBOR, patents="320")),
        ("{Acme Harbor: {vans: 30, risk: minor}, Zephyr Rail: {patents: 40}}",
         {**of(HARBOR, delivery_vans="30", risk_level="minor"), **of(RAIL, patents="40")}),
        ("date: 4 May 2027\n- Acme Harbor: 300 patents", of(HARBOR, patents="300")),
    ],
)  # fmt: skip
def test_fragments_and_abbreviations_are_read(
    text: str, wanted: dict[tuple[str, ...], str]
) -> None:
    assert facts(text) == wanted


@pytest.mark.parametrize(
    ("template", "text", "wanted"),
    [
        ("hospital", "Adela Brookside shares surgs w/ Ezra Court",
         ("Adela Brookside", "shares surgeons with", "Ezra Court")),
        ("hospital", "Adela Brookside: 300 beds; they share surgeons with Ezra Court",
         ("Adela Brookside", "shares surgeons with", "Ezra Court")),
        ("codebase", "(Flint Compiler, takes_over_duties_of, Flint Linker)",
         ("Flint Compiler", "takes over the duties of", "Flint Linker")),
        ("sport", "Camden Cyclone and Fulton Phoenix play derbies with each other",
         ("Camden Cyclone", "plays derbies with", "Fulton Phoenix")),
        ("hospital", "Adela Brookside and Ezra Court share surgeons",
         ("Adela Brookside", "shares surgeons with", "Ezra Court")),
        ("hospital", "Adela Brookside: refers patients → [[Ezra Court]]",
         ("Adela Brookside", "refers patients to", "Ezra Court")),
        ("company", "Acme Harbor supplies both Nova Tech and Zephyr Rail.",
         ("Acme Harbor", "supplies", "Zephyr Rail")),
        ("company", "Acme Harbor: supplies Nova Tech + Zephyr Rail",
         ("Acme Harbor", "supplies", "Zephyr Rail")),
    ],
)  # fmt: skip
def test_relations_are_read_in_short_forms(
    template: str, text: str, wanted: tuple[str, ...]
) -> None:
    assert wanted in facts(text, template)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Acme Harbor: orders 629,134,768,602,447,816; vans 40",
         of(HARBOR, quarterly_orders="629, 134, 768, 602, 447, 816", delivery_vans="40")),
        ("Acme Harbor: orders (Q1-Q6): 1, 2, 3, 4, 5, 6",
         of(HARBOR, quarterly_orders="1, 2, 3, 4, 5, 6")),
        ("Acme Harbor: revenue_musd: 52.4; debt_ratio_pct=13; num_vans: 30",
         of(HARBOR, revenue="$52.4M", debt_ratio="13.0%", delivery_vans="30")),
        ("Legend: BL=business line, LD=listing date, PT=patents\n"
         "Acme Harbor: BL versioned cache pool | LD Mar 9, 2019 | PT 30",
         of(HARBOR, business_line="versioned cache pool", listing_date="2019-03-09",
            patents="30")),
        ("Abbreviations: pat: patents, rev: revenue\nAcme Harbor: pat 40, rev 50.1M",
         of(HARBOR, patents="40", revenue="$50.1M")),
        # A sum that nobody gives.
        ("Acme Harbor vans: 300 + 20", {}),
        ("Acme Harbor vans: 300 + 20 = 320", of(HARBOR, delivery_vans="320")),
        ("Acme Harbor's delivery vans were misreported, the right number being 320 (not 300).",
         of(HARBOR, delivery_vans="320")),
        ("Acme Harbor | 300 patents | 40 vans | risk: minor",
         of(HARBOR, patents="300", delivery_vans="40", risk_level="minor")),
        ("vans: Acme Harbor 40 | Zephyr Rail 41",
         {**of(HARBOR, delivery_vans="40"), **of(RAIL, delivery_vans="41")}),
        ("Acme Harbor:\nFacts:\n- 300 patents\nOther:\n- 40 vans", of(HARBOR, patents="300")),
    ],
)  # fmt: skip
def test_series_units_legends_and_sums_are_read(
    text: str, wanted: dict[tuple[str, ...], str]
) -> None:
    assert facts(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Acme Harbor (energy), 300 patents", of(HARBOR, group="Energy", patents="300")),
        ("- [[Acme Harbor]] #energy\n  - 300 patents", of(HARBOR, group="Energy", patents="300")),
        ("Acme Harbor · Energy · supplies Zephyr Rail",
         {**of(HARBOR, group="Energy"), (HARBOR, "supplies", RAIL): "yes"}),
        ("Acme Harbor has 300 patents. It's in Energy, 40 vans.",
         of(HARBOR, group="Energy", patents="300", delivery_vans="40")),
        ("Energy: Acme Harbor, Zephyr Rail", {**of(HARBOR, group="Energy"),
                                              **of(RAIL, group="Energy")}),
        ("Acme Harbor: mining costs, 40 vans", of(HARBOR, delivery_vans="40")),
        ("Acme Harbor is pending.", of(HARBOR, audit_opinion="pending")),
        ("Acme Harbor is pending review", {}),
    ],
)  # fmt: skip
def test_groups_and_states_are_read_beside_names(
    text: str, wanted: dict[tuple[str, ...], str]
) -> None:
    assert facts(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ann Lee: b. 1930, Orm Ford; at Orm Institute; mentor Bob Ray",
         {("Ann Lee", "birth year"): "1930", ("Ann Lee", "birthplace"): "Orm Ford",
          ("Ann Lee", "employer"): "Orm Institute", ("Ann Lee", "mentor"): "Bob Ray"}),
        ("Ann Lee works for Orm Institute, which is based in Orm Ford; that town counts 300"
         " inhabitants",
         {("Ann Lee", "employer"): "Orm Institute", ("Orm Institute", "seat"): "Orm Ford",
          ("Orm Ford", "population"): "300"}),
        ("Ann Lee\n  led Orm Survey\n  invented Orm Sieve",
         {("Orm Survey", "leader"): "Ann Lee", ("Orm Sieve", "inventor"): "Ann Lee"}),
        ("Orm Institute:\n  employees: [Ann Lee, Bob Ray]",
         {("Ann Lee", "employer"): "Orm Institute", ("Bob Ray", "employer"): "Orm Institute"}),
        ("Orm Institute: director Ann Lee (Jan 2028 - Mar 2030), then Bob Ray (Apr 2030 -"
         " May 2031)",
         {("Orm Institute", "director 2028-01 2030-03"): "Ann Lee",
          ("Orm Institute", "director 2030-04 2031-05"): "Bob Ray"}),
        ("Ann Lee → mentor → Bob Ray → employer → Orm Institute",
         {("Ann Lee", "mentor"): "Bob Ray", ("Bob Ray", "employer"): "Orm Institute"}),
        ("Orm Survey (led by Ann Lee, 300 samples) → Ann Lee: invented Orm Sieve → Orm Sieve"
         " extends Sol Filter",
         {("Orm Survey", "leader"): "Ann Lee", ("Orm Survey", "samples"): "300",
          ("Orm Sieve", "inventor"): "Ann Lee", ("Orm Sieve", "basis"): "Sol Filter"}),
        ("| who | born | birthplace |\n|---|---|---|\n| Ann Lee | 1985 | Orm Cross |",
         {("Ann Lee", "birth year"): "1985", ("Ann Lee", "birthplace"): "Orm Cross"}),
        ("Orm Sonde 300 kg; Sol Sonde des. Ann Lee, used by Orm Survey",
         {("Orm Sonde", "weight"): "300", ("Sol Sonde", "designer"): "Ann Lee",
          ("Orm Survey", "instrument"): "Sol Sonde"}),
        ("mentor(Ann Lee) = Bob Ray", {("Ann Lee", "mentor"): "Bob Ray"}),
        ("Mayors: Orm Ford = Ann Lee; Sol Cross = Bob Ray",
         {("Orm Ford", "mayor"): "Ann Lee", ("Sol Cross", "mayor"): "Bob Ray"}),
        ("Bob Ray: mentor of Ann Lee and Sue Day",
         {("Ann Lee", "mentor"): "Bob Ray", ("Sue Day", "mentor"): "Bob Ray"}),
        ("Ann Lee and Bob Ray work at Orm Institute.",
         {("Ann Lee", "employer"): "Orm Institute", ("Bob Ray", "employer"): "Orm Institute"}),
        ("Orm Institute's director was Ann Lee from Jan 2028 to Mar 2030, and then Bob Ray from"
         " Apr 2030 to May 2031.",
         {("Orm Institute", "director 2028-01 2030-03"): "Ann Lee",
          ("Orm Institute", "director 2030-04 2031-05"): "Bob Ray"}),
        ("Orm Sieve: inventor Ann Lee (works at Orm Institute, seat Orm Ford)",
         {("Orm Sieve", "inventor"): "Ann Lee", ("Ann Lee", "employer"): "Orm Institute",
          ("Orm Institute", "seat"): "Orm Ford"}),
        ("The Sonde weighs 300 kg.", {}),
        ("Orm Sieve builds on the Sol Filter, which Ann Lee invented and which grew out of the"
         " Kel Transform (by Bob Ray).",
         {("Orm Sieve", "basis"): "Sol Filter", ("Sol Filter", "inventor"): "Ann Lee",
          ("Sol Filter", "basis"): "Kel Transform", ("Kel Transform", "inventor"): "Bob Ray"}),
        ("Ann Lee was trained by Bob Ray, who is mayor of Orm Ford, and was born in 1930.",
         {("Ann Lee", "mentor"): "Bob Ray", ("Orm Ford", "mayor"): "Bob Ray",
          ("Ann Lee", "birth year"): "1930"}),
        ("Orm Institute: flagship Orm Sonde (1,023 kg)",
         {("Orm Institute", "flagship"): "Orm Sonde", ("Orm Sonde", "weight"): "1023"}),
    ],
)  # fmt: skip
def test_notes_of_research_are_read(text: str, wanted: dict[tuple[str, str], str]) -> None:
    assert current_facts(ResearchReader().read(text)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("- `sift_quay(crates, margin=45)` → calls weigh_jetty",
         {("sift_quay", "default:margin", "45"), ("sift_quay", "calls:weigh_jetty", "yes")}),
        ("sift_quay (a/quay.py)\n  - margin=45\n  - @metered: pause=3",
         {("sift_quay", "file", "a.quay"), ("sift_quay", "default:margin", "45"),
          ("sift_quay", "argument:metered.pause", "3")}),
        ("`sift_quay`: its margin defaults to 45", {("sift_quay", "default:margin", "45")}),
        ("**a/quay.py**\n- `sift_quay`: decorated metered(pause=3, burst=4), margin → 45",
         {("sift_quay", "file", "a.quay"), ("sift_quay", "argument:metered.pause", "3"),
          ("sift_quay", "argument:metered.burst", "4"), ("sift_quay", "default:margin", "45")}),
        ("sift_quay raises TideJammed, is metered with pause 3 and burst 4, and adds QUAY_LIMIT",
         {("sift_quay", "raises", "TideJammed"), ("sift_quay", "argument:metered.pause", "3"),
          ("sift_quay", "argument:metered.burst", "4"), ("sift_quay", "reads:QUAY_LIMIT", "yes")}),
        ("QuayLog, MoorLog and FenLog all derive from TideBook",
         {("QuayLog", "base", "TideBook"), ("MoorLog", "base", "TideBook"),
          ("FenLog", "base", "TideBook")}),
        ("QuayLog(TideBook), FenLog(MoorBook)",
         {("QuayLog", "base", "TideBook"), ("FenLog", "base", "MoorBook")}),
        ("weigh_jetty ← called by sift_quay, haul_reed",
         {("sift_quay", "calls:weigh_jetty", "yes"), ("haul_reed", "calls:weigh_jetty", "yes")}),
        ("TideJammed (raised by sift_quay), FenMissing (raised by haul_reed)",
         {("sift_quay", "raises", "TideJammed"), ("haul_reed", "raises", "FenMissing")}),
        ("a/reed.py defines haul_reed and REED_LIMIT; ignore a/fen.py",  # Two files: unread.
         set()),
        ("a/reed.py: haul_reed, REED_LIMIT",
         {("haul_reed", "file", "a.reed"), ("REED_LIMIT", "file", "a.reed")}),
        ("a/reed.py: REED_LIMIT=4 (3 until 1.2, old), QUAY_LIMIT=5",
         {("REED_LIMIT", "file", "a.reed"), ("REED_LIMIT", "value", "4"),
          ("QUAY_LIMIT", "file", "a.reed"), ("QUAY_LIMIT", "value", "5")}),
        ("`sift_quay` calls `weigh_jetty`. That function calls `haul_reed`, whose default slack is"
         " 13 and which adds `REED_LIMIT`.",
         {("sift_quay", "calls:weigh_jetty", "yes"), ("weigh_jetty", "calls:haul_reed", "yes"),
          ("haul_reed", "default:slack", "13"), ("haul_reed", "reads:REED_LIMIT", "yes")}),
        ("Exceptions (indent = subclass)\n- TideJammed 3\n  - QuayJammed 4\n  - FenJammed\n\n"
         "Others\n- MoorJammed\n  - ReedJammed",
         {("QuayJammed", "base", "TideJammed"), ("FenJammed", "base", "TideJammed")}),
        ("QUAY_LIMIT was raised from 4 to 5 in 1.3.", {("QUAY_LIMIT", "value", "5")}),
        ('{"topic": "bronze cutover of silo records", "max_rows_per_page": 914}',
         {("the bronze cutover of silo records", "rows", "914")}),
        ("sift_quay(margin=45): calls weigh_jetty; raises TideJammed if crates > QUAY_LIMIT",
         {("sift_quay", "default:margin", "45"), ("sift_quay", "calls:weigh_jetty", "yes"),
          ("sift_quay", "raises", "TideJammed")}),
    ],
)  # fmt: skip
def test_notes_of_code_are_read(text: str, wanted: set[tuple[str, str, str]]) -> None:
    assert {(s.subject, s.key, s.value) for s in codeqa.read(text)} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('[["Acme Harbor", "employees", 300], ["Acme Harbor", "supplies", "Zephyr Rail"]]',
         {**of(HARBOR, employees="300"), (HARBOR, "supplies", RAIL): "yes"}),
        ('{"facts": ["Acme Harbor has 300 employees.", "Zephyr Rail has 40 patents."]}',
         {**of(HARBOR, employees="300"), **of(RAIL, patents="40")}),
        ("Both Acme Harbor and Zephyr Rail have 300 employees.",
         {**of(HARBOR, employees="300"), **of(RAIL, employees="300")}),
        ("Acme Harbor\ndebt ratio was 15, up 1.5 points to 16.5 %", of(HARBOR, debt_ratio="16.5%")),
        ("Acme Harbor never supplies Zephyr Rail", {}),
        ("Acme Harbor does not supply Zephyr Rail.", {}),
    ],
)  # fmt: skip
def test_lists_of_statements_and_changes_are_read_and_denials_are_not(
    text: str, wanted: dict[tuple[str, ...], str]
) -> None:
    assert facts(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("NOTES - order: vans / rev / training h. Letter = group.\n"
         "Acme Harbor (C): 3,000 / $38.8M / 86 (65 + 21, 16 Jan). supplies Zephyr Rail",
         {**of(HARBOR, group="Energy", delivery_vans="3,000", revenue="$38.8M",
               training_hours="86"), (HARBOR, "supplies", RAIL): "yes"}),
        ("(vans, risk)\n\n1. **Acme Harbor** (Energy): 30 (was 20), minor. 5 offices.",
         of(HARBOR, group="Energy", delivery_vans="30", risk_level="minor", offices="5")),
        ("columns = name | vans | patents\nAcme Harbor | 12 | ?", of(HARBOR, delivery_vans="12")),
        # Another number of values, or another form.
        ("order: vans, patents\nAcme Harbor: 30, 40, 50\nZephyr Rail: 30", {}),
        ("order: vans, risk\nAcme Harbor: minor, 30", {(HARBOR, "risk level"): "minor"}),
        ("order: vans, patents\nAcme Harbor: 30, forecast 40", {}),
        ("order: vans, patents\nnoise\nAcme Harbor: 30, 40", {}),
    ],
)  # fmt: skip
def test_rows_below_a_legend_have_its_labels_in_order(
    text: str, wanted: dict[tuple[str, ...], str]
) -> None:
    assert facts(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Acme Harbor has 300 vans, while Zephyr Rail has 40.",
         {**of(HARBOR, delivery_vans="300"), **of(RAIL, delivery_vans="40")}),
        ("Acme Harbor drives 30 vans, while Zephyr Rail is at 4.", of(HARBOR, delivery_vans="30")),
        ("Acme Harbor has 20 offices. Its revenue is $12.6M; Zephyr Rail (Energy) has 31.",
         {**of(HARBOR, offices="20", revenue="$12.6M"), **of(RAIL, group="Energy")}),
        ("Acme Harbor competes with Zephyr Rail, an Energy company whose risk level is minor.",
         {**of(RAIL, group="Energy", risk_level="minor"), (HARBOR, "competes with", RAIL): "yes"}),
        ("Acme Harbor supplies Zephyr Rail. That company has 300 vans.",
         {(HARBOR, "supplies", RAIL): "yes"}),
        ("- Acme Harbor\n  - vans: ~~17~~ -> **21**", of(HARBOR, delivery_vans="21")),
        ("Acme Harbor|vans=3|competes=Zephyr Rail|patents=4",
         {**of(HARBOR, delivery_vans="3", patents="4"), (HARBOR, "competes with", RAIL): "yes"}),
        ("Acme Harbor grew its revenue by $3.0M", {}),
        ("Acme Harbor was listed on 4 May 2030.", of(HARBOR, listing_date="2030-05-04")),
        ("Acme Harbor: 300 vans (forecast), page 2 of 3", {}),
        ("Found for 'Acme Harbor vans', page 2 of 3:", {}),
    ],
)  # fmt: skip
def test_clauses_say_whom_they_are_about(text: str, wanted: dict[tuple[str, ...], str]) -> None:
    assert facts(text) == wanted
