"""The instance as JSON, with the field names of MemGym's schema."""

from collections import Counter
from collections.abc import Sequence

from memorygym.core.tokens import count
from memorygym.core.trace import CANARY
from memorygym.core.types import JSON
from memorygym.datasets.instances.schemas import instance_id
from memorygym.tracks.research.generator.graph import Lookup
from memorygym.tracks.research.generator.programs import FORMS, kind_of
from memorygym.tracks.research.generator.prose import Document
from memorygym.tracks.research.generator.relations import RELATIONS, TERM
from memorygym.tracks.research.generator.search_turns import Distractor, Plan, SearchTurn, Support
from memorygym.tracks.research.generator.task_texts import SEARCHING, SYSTEM
from memorygym.tracks.research.question_grammar import Total

SCHEMA = "memorygym-research-1"
VERSION = "research-v2"


def instance_record(plan: Plan, shown: int, attempt: int) -> dict[str, JSON]:
    """The whole instance without its verification; `shown` is its number of tokens."""
    settings, lookups = plan.settings, plan.chain.lookups
    ids: list[JSON] = [f"f{hop}" for hop in range(1, len(lookups) + 1)]
    terms = [id for id, lookup in zip(ids, lookups, strict=True) if lookup.claim.relation == TERM]
    policy: JSON = {"mode": settings.eviction, "window_size": settings.shown, "allow_notes": True}
    distractors = [distractor for distractor in plan.distractors if distractor.hop]
    kinds, contradictions = (
        dict.fromkeys(distractor.source for distractor in distractors),
        _contradictions(plan),
    )
    instance: dict[str, JSON] = {
        "schema": SCHEMA,
        "generator_version": VERSION,
        "canary": CANARY,
        "base_instance": f"{settings.template}/{settings.seed}/{settings.number}/{attempt}",
        "source_dataset": "memorygym-fiction",
        "system": SYSTEM if settings.mode == "scripted" else SEARCHING,
        "question": plan.question,
        "original_question": plan.question,
        "start_entities": list(plan.chain.starts),
        "answer_form": FORMS[kind_of(plan.program)],
        "answer": plan.chain.answer,
        "aliases": _aliases(plan),
        "num_hops": len(lookups),
        "decomposition": _decomposition(plan),
        "turns": [_turn(index, turn) for index, turn in enumerate(plan.turns)],
        "grounding_facts": [_fact(plan, support) for support in plan.supports if support.hop],
        "distractors": _distractors(plan, distractors),
        "memory_files": {**plan.files},
        "gold_supporting_paragraphs": [
            support.document.title for support in plan.supports if support.hop
        ],
        "contradictions": contradictions,
        "transforms_applied": [*kinds, "filler", settings.order],
        "difficulty_preset": f"{len(lookups)}-hop {settings.shape}",
        "parameters": settings.parameters(),
        "reveal_mode": settings.reveal,
        "eviction_policy": policy,
        "memory_required_facts": ids,
        "context_tokens": _context(plan, shown),
        "total_tokens": shown,
        "target_tokens": settings.tokens,
        "rubric": {
            "expected_answer": plan.chain.answer,
            "retention_facts": ids,
            "noise_contradictions": contradictions,
            "temporal_facts": terms,
            "per_hop_answers": [lookup.result for lookup in lookups],
            "bridge_dependencies": _dependencies(lookups),
            "per_turn_retention": _retention(plan),
        },
    }
    return {"instance_id": instance_id(instance), **instance}


def _turn(index: int, turn: SearchTurn) -> dict[str, JSON]:
    return {
        "turn_index": index,
        "sub_query": turn.sub_query,
        "sub_answer": turn.sub_answer,
        "documents": [
            {"title": document.title, "text": document.text, "is_supporting": document.needed}
            for document in turn.documents
        ],
        "is_red_herring": turn.red_herring,
    }


def _aliases(plan: Plan) -> list[JSON]:
    """The answer as documents write it, if that differs."""
    answer = plan.chain.answer
    grouped = f"{int(answer):,}" if kind_of(plan.program) == "count" else answer
    return [grouped] if grouped != answer else []


def _decomposition(plan: Plan) -> list[JSON]:
    return [
        {
            "sub_question": f"What is {plan.turns[plan.turn_of_hop[hop]].sub_query}?",
            "sub_answer": lookup.result,
            "operation": lookup.operation,
            "fact_ids": [f"f{hop}"],
        }
        for hop, lookup in enumerate(plan.chain.lookups, 1)
    ]


def _fact(plan: Plan, support: Support) -> dict[str, JSON]:
    hop, lookup, document, turn_of_hop = (
        support.hop,
        support.lookup,
        support.document,
        plan.turn_of_hop,
    )
    return {
        "fact_id": f"f{hop}",
        "content": document.first,
        "fact_type": _fact_type(plan, support),
        "source_paragraph_title": document.title,
        "needed_at_hop": hop,
        "first_available_at_hop": list(turn_of_hop).index(hop) + 1,
        "first_available_at_turn": turn_of_hop[hop],
        "retention_span": len(plan.turns) - turn_of_hop[hop],
        "is_discoverable": True,
        "intermediate_answer": lookup.result,
        "subject": lookup.claim.subject,
        "key": lookup.claim.key,
        "value": lookup.claim.value,
        "rank": _rank(document),
        "rewrites": sum(
            distractor.hop == hop and bool(distractor.value) for distractor in plan.distractors
        ),
    }


def _rank(document: Document) -> list[JSON]:
    """The rank of a document among contradicting ones: authority, then the day as yyyymmdd."""
    month, day = divmod(document.day, 28)
    return [document.authority, month // 12 * 10_000 + (month % 12 + 1) * 100 + day + 1]


def _fact_type(plan: Plan, support: Support) -> str:
    lookup = support.lookup
    if lookup.claim.relation == TERM:
        return "temporal"
    ends = isinstance(plan.program, Total) or lookup.operation == "compare"
    if ends and RELATIONS[lookup.claim.relation].numeric:
        return "numerical"
    return "terminal" if support.hop == len(plan.chain.lookups) else "bridge"


def _distractors(plan: Plan, distractors: Sequence[Distractor]) -> list[JSON]:
    turns = _places(plan)
    return [
        {
            "id": f"d{index}",
            "content": distractor.document.text,
            "source": distractor.source,
            "target_turn": turns[id(distractor.document)],
            "interferes_with": f"f{distractor.hop}",
        }
        for index, distractor in enumerate(distractors, 1)
    ]


def _contradictions(plan: Plan) -> list[JSON]:
    return [
        {
            "fact_id": f"f{distractor.hop}",
            "value": distractor.value,
            "source_paragraph_title": distractor.document.title,
            "decided_by": _decided(distractor.document, plan.supports[distractor.hop - 1].document),
        }
        for distractor in plan.distractors
        if distractor.value
    ]


def _decided(document: Document, other: Document) -> str:
    return "recency" if document.authority == other.authority else "authority"


def _places(plan: Plan) -> dict[int, int]:
    """The turn of each document, by the document's Python id."""
    return {
        id(document): index for index, turn in enumerate(plan.turns) for document in turn.documents
    }


def _context(plan: Plan, shown: int) -> dict[str, JSON]:
    """The number of tokens shown, by their purpose."""
    turns, tokens = _places(plan), Counter[str]()
    documents = [("supporting", support.document) for support in plan.supports if support.hop]
    documents += [(distractor.source, distractor.document) for distractor in plan.distractors]
    for kind, document in documents:
        views = min(plan.settings.shown, len(plan.turns) - turns[id(document)])
        tokens[kind] += views * count(document.text)
    tokens["filler"] = shown - sum(tokens.values())
    return {**tokens, "total": shown}


def _dependencies(lookups: Sequence[Lookup]) -> list[JSON]:
    """For each fact, the fact that must be known before it can be searched for."""
    finding_facts = {lookup.result: f"f{hop}" for hop, lookup in enumerate(lookups, 1)}
    return [
        {"fact_id": f"f{hop}", "after": finding_facts.get(lookup.start)}
        for hop, lookup in enumerate(lookups, 1)
    ]


def _retention(plan: Plan) -> list[JSON]:
    """By turn: the facts in view, those no longer in view, and those stated for the first time."""
    first = {f"f{hop}": first_turn for hop, first_turn in plan.turn_of_hop.items()}
    window = plan.settings.shown
    return [
        {
            "turn": turn,
            "available": [
                id for id, first_turn in first.items() if first_turn <= turn < first_turn + window
            ],
            "evicted": [id for id, first_turn in first.items() if first_turn + window <= turn],
            "critical": [id for id, first_turn in first.items() if first_turn == turn],
        }
        for turn in range(len(plan.turns))
    ]
