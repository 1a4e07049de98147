"""The meaning of every figure of a comparison, in the order of the columns of compare.csv."""

OF_THE_MODEL = "of the memory's own model, per task, while {}"
WITHHELD = "; empty if more than 5 % of the statements are unread"
FIGURES = {
    "accuracy": "share of the questions that were answered correctly",
    "gain": "accuracy minus that of `none`",
    "degradation": "accuracy minus that of `full`: below 0 where the whole history answers more",
    "normalised": "(accuracy - none) / (oracle - none); empty unless oracle is above none",
    "advantage": "accuracy minus that of `recency`",
    "wins": "share of the questions that are answered in full, and not by `recency`",
    "regressions": "share of the questions that only `recency` answers in full",
    "both": "share of the questions that both answer in full",
    "neither": "share of the questions that neither answers in full",
    "exact": "share of answers that match the truth word for word (exact match of SQuAD); empty"
    " unless of a data set",
    "f1": "word overlap of answer and truth (F1 of SQuAD); empty unless of a data set",
    "write_loss": f"accuracy of `oracle` minus that of `held:MEMORY`{WITHHELD}",
    "retrieval_loss": f"accuracy of `held:MEMORY` minus that of the memory{WITHHELD}",
    "evidence_recall": "share of the facts that a question needs that were in the context; mean"
    " over questions",
    "stale_evidence_rate": "of the needed facts that had changed, the share for which the"
    " context showed an old value without the new one; mean over questions",
    "unread_context": "share of the statements shown at questions that the fact reader could"
    " attribute to nothing",
    "unread_store": "the same of the statements held at the end",
    "precision": f"of the facts that the final entries state: the share that is true{WITHHELD}",
    "stale": f"the share that is an old value{WITHHELD}",
    "wrong": f"the share that is a wrong value{WITHHELD}",
    "duplicate": f"the share that was stated before{WITHHELD}",
    "irrelevant": f"the share on which the gold table says nothing{WITHHELD}",
    "view": "context: tokens that memory showed per question",
    "model_calls": "calls of the memory's own model, per task",
    "model_tokens": "tokens of the memory's own model, per task",
    "ingest_calls": f"calls {OF_THE_MODEL.format('reading documents')}",
    "ingest_tokens": f"tokens {OF_THE_MODEL.format('reading documents')}",
    "query_calls": f"calls {OF_THE_MODEL.format('answering questions')}",
    "query_tokens": f"tokens {OF_THE_MODEL.format('answering questions')}",
    "total": "tokens per task: shown in all questions, and of the memory's own model",
}
MEASURED = (
    "cache_breaks", "cuts", "empty", "overlong", "limited", "repaired", "peak", "writes",
)  # fmt: skip
"""Figures that are fields of a Measurement, per task."""
