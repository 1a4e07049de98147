"""Small invented files in the published form of each data set."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]
TITLES = ("Alder Mill", "Birch Lane", "Cedar Fair")


def hotpot(number: int = 0, **fields: Any) -> Row:
    """A question as HotpotQA publishes it."""
    context = [
        [title, [f"{title} stands in ward {at}.", " It is old."]] for at, title in enumerate(TITLES)
    ]
    return {
        "_id": f"q{number}",
        "question": f"In which ward does {TITLES[number % 3]} stand?",
        "answer": f"ward {number % 3}",
        "supporting_facts": [[TITLES[number % 3], 0], ["Birch Lane", 1]],
        "context": context,
        "type": "bridge",
        "level": "hard",
    } | fields


def hotpot_columns(number: int = 0) -> Row:
    """The same question as columns, as in the Hugging Face copy."""
    row = hotpot(number)
    facts, context = row["supporting_facts"], row["context"]
    row["supporting_facts"] = {"title": [t for t, _ in facts], "sent_id": [n for _, n in facts]}
    row["context"] = {"title": [t for t, _ in context], "sentences": [s for _, s in context]}
    return {"id": row.pop("_id"), **row}


def wiki2(number: int = 0) -> Row:
    triples = [["Alder Mill", "ward", "0"]]
    return hotpot(number, type="comparison", evidences=triples, entity_ids="Q1_Q2")


def musique(number: int = 0) -> Row:
    paragraphs = [
        {"idx": at, "title": title, "paragraph_text": f"{title} has {at + 4} rooms.",
         "is_supporting": at == number % 3}
        for at, title in enumerate(TITLES)
    ]  # fmt: skip
    return {
        "id": f"2hop__{number}_9",
        "question": f"How many rooms has {TITLES[number % 3]}?",
        "question_decomposition": [],
        "answer": str(number % 3 + 4),
        "answer_aliases": ["some"],
        "answerable": True,
        "paragraphs": paragraphs,
    }


def locomo(number: int = 0) -> Row:
    turns = [
        {"speaker": "Ann", "dia_id": "D1:1", "text": "I bought a kayak."},
        {"speaker": "Ben", "dia_id": "D1:2", "text": "Look!", "img_url": ["x"],
         "blip_caption": "a photo of a red canoe"},
    ]  # fmt: skip
    later = [
        {"speaker": "Ann", "dia_id": "D2:1", "text": "The kayak leaks."},
        {"speaker": "Ben", "dia_id": "D2:2", "text": "Then patch it with tape."},
    ]
    qa = [
        {"question": "What did Ann buy?", "answer": "a kayak", "evidence": ["D1:1"], "category": 4},
        {"question": "When did the kayak leak?", "answer": 2023, "evidence": ["D2:01; D:1:1"],
         "category": 2},
        {"question": "Who has a canoe?", "answer": "Ben", "evidence": ["D1:2", "D9:9"],
         "category": 1},
        {"question": "What colour is the tape?", "answer": "grey", "evidence": [], "category": 3},
        {"question": "What did Ben buy?", "adversarial_answer": "a kayak", "evidence": ["D1:1"],
         "category": 5},
    ]  # fmt: skip
    conversation = {
        "speaker_a": "Ann", "speaker_b": "Ben",
        "session_2": later, "session_2_date_time": "2:00 pm on 9 May, 2023",
        "session_1": turns, "session_1_date_time": "1:56 pm on 8 May, 2023",
    }  # fmt: skip
    return {"sample_id": f"conv-{number}", "conversation": conversation, "qa": qa}


def longmemeval(number: int = 0, name: str = "") -> Row:
    sessions = [
        [{"role": "user", "content": "I sowed leeks."}, {"role": "assistant", "content": "Good."}],
        [{"role": "user", "content": "My cat is Otto.", "has_answer": True},
         {"role": "assistant", "content": "Nice cat."}],
        [{"role": "user", "content": "It rains."}, {"role": "assistant", "content": "Stay in."}],
    ]  # fmt: skip
    return {
        "question_id": name or f"lme{number}",
        "question_type": "single-session-user",
        "question": "What is the name of my cat?",
        "answer": "Otto",
        "question_date": "2023/06/01 (Thu) 10:00",
        "haystack_session_ids": ["s1", "answer_2", "s3"],
        "haystack_dates": ["2023/05/01", "2023/05/02", "2023/05/03"],
        "haystack_sessions": sessions,
        "answer_session_ids": ["answer_2"],
    }


def beam(number: int = 0) -> Row:
    said = ["My sprint ends on 29 March.", "Noted.", "The API takes 250 ms.", "Fine."]
    turns = [
        {"id": at, "role": ("user", "assistant")[at % 2], "content": text, "index": "1,1"}
        for at, text in enumerate(said)
    ]
    batches = [
        {"batch_number": 1, "turns": [turns[:2]], "time_anchor": "March-15-2024"},
        {"batch_number": 2, "turns": [turns[2:]], "time_anchor": None},
    ]
    probes = {
        "abstention": [{"question": "Who is Bo?", "ideal_response": "Nothing is said."}],
        "information_extraction": [
            {"question": "When does my sprint end?", "answer": "29 March", "source_chat_ids": [0]}
        ],
        "knowledge_update": [
            {"question": "How long does the API take?", "answer": "250 ms",
             "source_chat_ids": {"original_info": [0], "updated_info": [2]}}
        ],
    }  # fmt: skip
    return {"conversation_id": str(number), "chat": batches, "probing_questions": probes}


def ama_bench(number: int = 0) -> Row:
    steps = [
        {"turn_idx": at, "action": f"go {way}", "observation": f"You see a {thing}."}
        for at, (way, thing) in enumerate((("left", "key"), ("up", "door"), ("up", "lamp")))
    ]
    pairs = [
        {"question": "What was seen at Step 1?", "answer": "a door", "type": "A"},
        {"question": "Why was the lamp of use?", "answer": "it was dark", "type": "B"},
    ]
    return {
        "episode_id": number, "task": "find the lamp", "task_type": "maze", "domain": "Game",
        "trajectory": steps, "qa_pairs": pairs,
    }  # fmt: skip


def memoryagentbench(number: int = 0) -> Row:
    return {
        "context": "The fee at Alder Mill is 12 crowns.\n\nBirch Lane is free.\n\nNobody pays.",
        "questions": ["What is the fee at Alder Mill?", "Who pays?"],
        "answers": [["12 crowns", "twelve"], ["the mayor of nowhere"]],
        "metadata": {"source": "ruler_qa1", "qa_pair_ids": [f"a{number}", f"b{number}"]},
    }


def memgym_dr(number: int = 0) -> Row:
    turns = [
        {"turn_index": at, "sub_query": f"about {title}", "sub_answer": "", "is_red_herring": False,
         "documents": [
             {"title": title, "text": f"{title} dates from {1900 + at}.", "is_supporting": at < 2},
             {"title": f"{title} II", "text": "Nothing much.", "is_supporting": False},
         ]}
        for at, title in enumerate(TITLES)
    ]  # fmt: skip
    return {
        "instance_id": f"dr-{number}", "question": "Which is older, Alder Mill or Birch Lane?",
        "answer": "Alder Mill", "num_hops": 2, "decomposition": [], "turns": turns,
        "grounding_facts": [], "distractors": [],
    }  # fmt: skip


def memgym_rm(number: int = 0) -> Row:
    return {
        "trajectory_id": f"repo__{number}", "step": 7, "perturbation": "truncate_last_10",
        "label": 1, "completion": " Y", "recorded_action": "pytest", "predicted_action": "tox",
        "messages": [
            {"role": "user", "content": "Fix the bug."},
            {"role": "assistant", "content": "I ran the tests."},
            {"role": "user", "content": "Is it safe?\nAnswer:"},
            {"role": "assistant", "content": " Y"},
        ],
    }  # fmt: skip


ROWS: Mapping[str, Callable[[int], Row]] = {
    "2wiki": wiki2, "ama_bench": ama_bench, "beam": beam, "hotpotqa": hotpot, "locomo": locomo,
    "longmemeval": longmemeval, "memgym_dr": memgym_dr, "memgym_rm": memgym_rm,
    "memoryagentbench": memoryagentbench, "musique": musique,
}  # fmt: skip
"""A row by number, of every format that is one file."""
LINES = ("ama_bench", "musique")
"""Published as JSON lines; the rest as a list."""


def write(path: Path, rows: list[Row], *, lines: bool = False) -> Path:
    """The rows as a file."""
    text = "\n".join(map(json.dumps, rows)) + "\n" if lines else json.dumps(rows, indent=1)
    path.write_text(text, encoding="utf-8")
    return path


def file_of(name: str, folder: Path, rows: int = 3) -> Path:
    """A file, or the folder, of a format."""
    if name == "longmemeval_v2":
        return longmemeval_v2(folder)
    made = [ROWS[name](number) for number in range(rows)]
    return write(folder / f"{name}.json", made, lines=name in LINES)


def longmemeval_v2(folder: Path) -> Path:
    """The three files of LongMemEval-V2 in their folder."""
    states = [
        {"step": at, "url": "http://shop", "action": "click 3", "thoughts": "go on", "text": page}
        for at, page in enumerate(("Cart: empty", "Banner: Winter Sale", "Footer"))
    ]
    trajectories = [
        {"id": f"t{at}", "domain": "web", "goal": "buy a lamp", "states": states[at:]}
        for at in range(2)
    ]
    questions = [
        {"id": "v1", "domain": "web", "question": "What does the banner say?", "image": None,
         "answer": "Winter Sale", "question_type": "static-environment", "eval_function": "em"},
        {"id": "v2", "domain": "web", "question": "What is missing?", "image": None,
         "answer": "no such thing", "question_type": "static-environment-abs",
         "eval_function": "llm_abstention_checker"},
    ]  # fmt: skip
    (folder / "haystacks").mkdir()
    write(folder / "questions.jsonl", questions, lines=True)
    write(folder / "trajectories.jsonl", trajectories, lines=True)
    haystack = json.dumps({"v1": ["t0", "t1"], "v2": ["t1"]})
    (folder / "haystacks" / "lme_v2_small.json").write_text(haystack, encoding="utf-8")
    return folder


def hotpot_file(folder: Path) -> Path:
    """Real questions if `$MEMORYGYM_HOTPOT` names a file of them, otherwise invented ones."""
    real = os.environ.get("MEMORYGYM_HOTPOT")
    rows = [hotpot_columns(number) for number in range(6)]
    return Path(real) if real else write(folder / "hotpot.json", rows)
