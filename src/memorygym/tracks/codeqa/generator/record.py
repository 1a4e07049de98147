"""The instance as JSON, with the field names of the CodeQA schema.

An instance is generated again until it passes its checks.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import parts_of
from memorygym.core.statements import Value
from memorygym.core.tokens import abbreviate, count
from memorygym.core.trace import CANARY
from memorygym.core.types import JSON
from memorygym.datasets.instances.schemas import instance_id
from memorygym.tracks.codeqa.code_view import Page, text_of
from memorygym.tracks.codeqa.fact_reader import read, render
from memorygym.tracks.codeqa.generator.folder import generate_folder
from memorygym.tracks.codeqa.generator.question_selection import NoQuestion, SelectedQuestion
from memorygym.tracks.codeqa.generator.session import BY_KEY
from memorygym.tracks.codeqa.generator.settings import SCHEMA, SYNTH, VERSION, CodeQASettings
from memorygym.tracks.codeqa.generator.synthetic import GeneratedPackage, generate

ATTEMPTS = 20
_CATEGORIES = {
    "default": "api_behavior",
    "argument": "constraint",
    "value": "constraint",
    "raises": "error_detail",
    "base": "design_decision",
    "file": "design_decision",
    "source": "api_behavior",
    "calls": "debug_finding",
    "reads": "repro_condition",
}
"""Categories of facts in code, by key."""
_PRESETS = ((10_000, "small"), (50_000, "medium"), (100_000, "large"), (500_000, "xl"))
_JOINING = ("sum", "callers", "composition")
"""Kinds of questions that combine several facts, none of which leads to another."""
Need = tuple[str, str, Value]
"""Subject, key and value."""
_DIFFICULTIES = ("easy", "easy", "medium", "hard", "hard")
"""Difficulty by number of hops."""
SYSTEM = (
    "You work on a Python package. Its files and what a debugging session observes are"
    " shown to you a few at a time, and each is gone when the next ones come. Afterwards you are"
    " asked about them. Where an observation contradicts an earlier one, the later one holds; what"
    " the change log tells of earlier releases is superseded. Before you answer, you may recall:"
    " say what you are looking for, and your memory is asked for it. Answer with one value, name or"
    " list, as asked."
)


@dataclass(frozen=True, slots=True)
class CodeQARecipe:
    """The recipe of one instance."""

    settings: CodeQASettings
    seed: int
    """The number of the instance."""
    stream: int = 0
    """The seed of the run."""

    @property
    def template(self) -> str:
        """The stratum: the source of the code, and the length."""
        name = self.settings.source.rstrip("/").rpartition("/")[2]
        return f"{name}-{abbreviate(self.settings.tokens)}"

    def parameters(self) -> dict[str, JSON]:
        return {**parts_of(self.settings), "hops": [*self.settings.hops]}

    def instance(self) -> dict[str, Any]:
        """The first instance that passes every check, with their results. Raises BadSettings."""
        from memorygym.tracks.codeqa.verifier import verification

        failed = Counter[str]()
        for attempt in range(ATTEMPTS):
            try:
                make = generate if self.settings.source == SYNTH else generate_folder
                generated = make((self.stream, self.seed), attempt, self.settings)
            except NoQuestion as error:
                failed[str(error)] += 1
                continue
            instance = instance_of(generated, self.settings, self.seed, attempt)
            verdict = verification(instance)
            if verdict["accepted"]:
                return instance | {"verification": verdict}
            for name, check in verdict["checks"].items():
                failed[name] += not check["ok"]
        failures = ", ".join(f"{name} {count_}×" for name, count_ in failed.items() if count_)
        raise BadSettings(f"instance {self.seed} failed {ATTEMPTS} times: {failures}")


def recipes(args: argparse.Namespace) -> list[CodeQARecipe]:
    """The recipes; the lengths alternate. Raises BadSettings with the possible values."""
    hop_list = args.hops or ("1,2,3,4" if args.source == "synth" else "1,2,3")
    try:
        hops = tuple(int(part) for part in hop_list.split(","))
    except ValueError as error:
        raise BadSettings(f"hops {hop_list!r} are no numbers; write them as 1,2,3") from error
    settings = [
        CodeQASettings(
            tokens,
            args.questions,
            hops,
            args.form,
            args.near_miss,
            args.stale,
            args.source,
            args.distractor_density,
        )
        for tokens in args.tokens
    ]
    return [
        CodeQARecipe(settings[number % len(settings)], number, args.seed)
        for number in range(args.n)
    ]


def instance_of(
    generated: GeneratedPackage, settings: CodeQASettings, seed: int, attempt: int
) -> dict[str, Any]:
    """The instance without its verification; its id is the hash of all other fields."""
    event_count = len(generated.pages) + len(generated.selected)
    texts = {
        f"{number:05}_{page.kind}.txt": text_of(page, number, event_count)
        for number, page in enumerate(generated.pages, 1)
    }
    facts = _facts(generated, texts)
    instance: dict[str, Any] = {
        "base_instance": generated.name,
        "task_prompt": "Keep what matters of the package and of the session: questions follow"
        " after the last file.",
        "memory_files": texts,
        "repo_context": f"The package has {len(generated.files)} files.",
        "repo_files": dict(generated.files),
        "image_name": "",
        "referenced_files": sorted({fact["evidence"] for fact in facts.values()}),
        "qa_pairs": [
            _pair(number, paragraph, facts)
            for number, paragraph in enumerate(generated.selected, 1)
        ],
        "grounding_facts": list(facts.values()),
        "distractors": _distractors(generated),
        "patch": "",
        "num_critical_facts": len(facts),
        "num_external_facts": sum(not fact["discoverable"] for fact in facts.values()),
        "difficulty_preset": next(
            (name for tokens, name in _PRESETS if settings.tokens <= tokens), "extreme"
        ),
        "target_tokens": settings.tokens,
        "fact_test_results": {},
        "turns": [
            {
                "turn_index": number,
                "kind": page.kind,
                "files": list(
                    dict.fromkeys(paragraph.path for paragraph in page.paragraphs if paragraph.path)
                ),
            }
            for number, page in enumerate(generated.pages, 1)
        ],
        "eviction_policy": {"mode": "full_eviction", "window_size": 1},
        "context_tokens": _tokens_by_kind(generated.pages, list(texts.values())),
        "canary": CANARY,
        "generator_version": VERSION,
        "schema": SCHEMA,
        "settings": {**parts_of(settings), "seed": seed, "attempt": attempt},
        "system": SYSTEM,
    }
    instance["total_tokens"] = instance["context_tokens"]["total"]
    return {"instance_id": instance_id(instance), **instance}


def _facts(generated: GeneratedPackage, texts: Mapping[str, str]) -> dict[Need, dict[str, Any]]:
    """The needed facts, each with its first statement and where it stands."""
    needs = dict.fromkeys(
        (need.subject, need.key, need.value)
        for statement in generated.selected
        for need in statement.needs
    )
    facts: dict[Need, dict[str, Any]] = {}
    paragraphs = [
        (turn, name, paragraph)
        for turn, (name, text) in enumerate(texts.items(), 1)
        for paragraph in text.split("\n\n")
    ]
    parsed = cache(read)
    for number, (subject, key, value) in enumerate(needs, 1):
        # A topic may begin a sentence with a capital letter.
        word = subject[1:] if " " in subject else subject.rpartition(".")[2]
        statements = [
            (statement, turn, name)
            for turn, name, paragraph in paragraphs
            if word in paragraph
            for statement in parsed(paragraph)
            if statement.subject == subject and statement.key == key
        ]
        statement, turn, name = next(row for row in statements if row[0].value == value)
        aspect = BY_KEY.get(key)
        facts[subject, key, value] = {
            "id": f"f{number}",
            "content": render(statement),
            "topic": subject,
            "category": aspect.category if aspect else _CATEGORIES[key.partition(":")[0]],
            "discoverable": aspect is None,
            "relevance": "critical",
            "hunks_enabled": [],
            "evidence": name,
            "subject": subject,
            "key": key,
            "value": value,
            "rank": list(statement.rank),
            "first_available_at_turn": turn,
            "rewrites": len({statement.value for statement, _, _ in statements} - {value}),
        }
    return facts


def _pair(
    number: int, question: SelectedQuestion, facts: Mapping[Need, dict[str, Any]]
) -> dict[str, Any]:
    linked = [facts[need.subject, need.key, need.text] for need in question.needs]
    draft = question.draft
    return {
        "qa_id": f"q{number}",
        "question": draft.text,
        "gold_answer": draft.truth,
        "linked_fact_ids": [fact["id"] for fact in linked],
        "category": linked[-1]["category"],
        "requires_memory": True,
        "difficulty": _DIFFICULTIES[question.hops],
        "num_linked_facts": len(linked),
        "signal_tokens": sum(count(fact["content"]) for fact in linked),
        "requires_synthesis": draft.kind in _JOINING,
        "kind": draft.kind,
        "question_type": draft.question_type,
        "aliases": [],
        "rivals": list(draft.rivals),
        "hops": question.hops,
    }


def _distractors(generated: GeneratedPackage) -> list[JSON]:
    return [
        {
            "id": f"d{number}",
            "content": render(distractor.statement),
            "source": distractor.source,
            "target_qa_id": f"q{distractor.question + 1}",
        }
        for number, distractor in enumerate(generated.distractors, 1)
    ]


def _tokens_by_kind(pages: Sequence[Page], texts: Sequence[str]) -> dict[str, int]:
    """The number of tokens of files and of observations."""
    observed = sum(
        paragraph.cost for page in pages for paragraph in page.paragraphs if not paragraph.path
    )
    total = sum(map(count, texts))
    return {"files": total - observed, "observations": observed, "total": total}
