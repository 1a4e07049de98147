"""Fine-tuning of a language model with TRL: SFT on data, GRPO on episodes.

A folder keeps a run: its settings (`training.json`), what was logged (`log.jsonl`), checkpoints,
and at the end the model with its tokenizer. The same settings go on from the last checkpoint.
"""

import gzip
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import datasets
import peft
import torch
import transformers
import trl
from transformers.trainer_utils import get_last_checkpoint

from memorygym.core.errors import BadSettings
from memorygym.core.files import claimed_folder, write_atomically
from memorygym.core.json_values import canonical
from memorygym.core.types import Tool
from memorygym.runs.tasks import Limits, track_of
from memorygym.training.libraries import require
from memorygym.training.rollouts import Segment
from memorygym.training.rows import read_row
from memorygym.training.settings import GrpoSettings, SftSettings, TuningSettings
from memorygym.training.tokens import ChatTemplate, segment_row
from memorygym.training.trl_rollouts import TrlRollouts

Log = list[dict[str, Any]]
"""What a run has logged: a row a step, with `loss`, of GRPO also `reward` and `score`."""
SETTINGS, LOG, CHECKPOINTS, ADAPTER = "training.json", "log.jsonl", "checkpoints", "adapter"
MAY_DIFFER = ("steps", "output", "force", "save_every", "trackio", "quiet", "caller")
"""Settings that may differ when a run goes on."""
IGNORED = -100
"""The label of a token that is not trained on."""


def sft(settings: SftSettings) -> Log:
    """Fine-tunes on the replies of a data set, by the loss of their tokens alone; returns the log.
    Raises BadSettings."""
    tokenizer = _tokenizer(settings)
    template = ChatTemplate(tokenizer)
    rows = [segment_row(*row, template) for row in _rows(settings)]
    kept = [row for row in rows if row.sampled and len(row.ids) <= settings.most_tokens]
    if not kept:
        why = f"none of {len(rows)} rows has a reply and at most {settings.most_tokens} tokens"
        told = f"{why}: give more --most-tokens, or data with --segments"
        raise settings.bad("data", told, " ".join(map(str, settings.data)))
    if len(kept) < len(rows) and not settings.quiet:
        print(f"{len(rows) - len(kept)} of {len(rows)} rows are too long and left out", flush=True)
    marked = [zip(row.ids, row.mask, strict=True) for row in kept]
    labels = [[token if mine else IGNORED for token, mine in row] for row in marked]
    data = datasets.Dataset.from_dict({"input_ids": [[*row.ids] for row in kept], "labels": labels})
    args = trl.SFTConfig(max_length=None, **_arguments(settings))
    return _run(
        settings, tokenizer, trl.SFTTrainer, args=args, train_dataset=data.shuffle(settings.seed)
    )


def grpo(settings: GrpoSettings) -> Log:
    """Trains on episodes that the model plays (GRPO, arXiv 2402.03300); returns the log. Raises
    BadSettings or UnknownPart."""
    track, parameters = track_of(settings)
    options: dict[str, Any] = {**parameters}
    rollouts = TrlRollouts(
        track.name,
        rows=settings.rows,
        most_tokens=settings.most_tokens,
        memory=settings.memory,
        reward=settings.reward,
        reader=settings.reader,
        seed=settings.seed,
        limits=Limits(capacity=settings.capacity),
        **options,
    )
    tokenizer = _tokenizer(settings)
    args = trl.GRPOConfig(
        num_generations=settings.group,
        max_completion_length=settings.most_reply,
        temperature=settings.temperature,
        beta=settings.beta,
        **_arguments(settings),
    )
    return _run(
        settings,
        tokenizer,
        trl.GRPOTrainer,
        args=args,
        train_dataset=rollouts.dataset(settings.tasks),
        reward_funcs=[rollouts.reward],
        rollout_func=rollouts,
    )


def _run(
    settings: TuningSettings, tokenizer: Any, trainer_of: Callable[..., Any], **more: Any
) -> Log:
    """Trains in the run's folder, or goes on, and writes the model."""
    require("fine-tuning", "trl", "1.16.0", "train")
    folder = settings.output
    with claimed_folder(folder, SETTINGS, CHECKPOINTS, "training run") as path:
        if settings.force:
            shutil.rmtree(folder / CHECKPOINTS)
            path.unlink(missing_ok=True)
        _check_same(settings, path)
        trainer = trainer_of(
            settings.model, processing_class=tokenizer, callbacks=[_Logging(settings)],
            peft_config=_lora(settings), quantization_config=_quantization(settings), **more,
        )  # fmt: skip
        trainer.remove_callback(transformers.PrinterCallback)
        for checkpoint in (folder / CHECKPOINTS).glob("checkpoint-*"):
            if not (checkpoint / "trainer_state.json").exists():  # Written last.
                shutil.rmtree(checkpoint)
        last = get_last_checkpoint(str(folder / CHECKPOINTS))
        if last and int(last.rpartition("-")[2]) >= settings.steps:
            trainer._load_from_checkpoint(last)  # `train` would take one step more.
        else:
            trainer.train(resume_from_checkpoint=last)
        if settings.lora:
            trainer.save_model(str(folder / ADAPTER))
            del trainer
            whole = transformers.AutoModelForCausalLM.from_pretrained(settings.model, dtype="auto")
            merged = peft.PeftModel.from_pretrained(whole, str(folder / ADAPTER))
            merged.merge_and_unload().save_pretrained(folder)
        else:
            trainer.model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return [json.loads(line) for line in (folder / LOG).read_text("utf-8").splitlines()]


def _check_same(settings: TuningSettings, path: Path) -> None:
    """Writes the settings of a new run. Raises BadSettings if another one is in the folder."""
    stated = asdict(settings).items()
    mine = {name: str(value) for name, value in stated if name not in MAY_DIFFER}
    if not path.exists():
        return write_atomically(path, [json.dumps(mine, indent=1).encode()])
    try:
        before = dict(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise BadSettings(f"{path} is damaged ({error}): --force begins anew") from error
    for name, value in mine.items():
        if before.get(name) != value:
            why = f"{path.parent} was trained with {before.get(name)!r}"
            raise settings.bad(name, f"{why}: give that, another --output, or --force")
    return None


class _Logging(transformers.TrainerCallback):  # type: ignore[misc]  # Skipped, as it is optional.
    """Writes what is logged as JSON lines, and prints it."""

    def __init__(self, settings: TuningSettings) -> None:
        self._settings, self._path = settings, settings.output / LOG

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Keeps what was logged up to the checkpoint from which the run goes on."""
        self._path.write_text("".join(map(_line, state.log_history)), "utf-8")
        if state.global_step and not self._settings.quiet:
            print(f"{self._settings.output}: goes on after step {state.global_step}", flush=True)

    def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if "loss" not in (row := state.log_history[-1]):
            return  # The summary of the training's time.
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(row))
        if not self._settings.quiet:
            reward = f"  reward {row['reward']:.3f}" if "reward" in row else ""
            print(f"step {row['step']:>5}  loss {row['loss']:8.4f}{reward}", flush=True)


def _line(row: dict[str, Any]) -> str:
    return canonical(row) + "\n" if "loss" in row else ""


def _arguments(settings: TuningSettings) -> dict[str, Any]:
    """What the configurations of all trainers share."""
    has_gpu = torch.cuda.is_available()
    if settings.device == "cuda" and not has_gpu:
        raise settings.bad("device", "torch sees no GPU here: give cpu, or install torch for CUDA")
    on_gpu = has_gpu and settings.device != "cpu"
    at_once = min(settings.at_once, settings.batch)
    return {
        "output_dir": str(settings.output / CHECKPOINTS),
        "max_steps": settings.steps,
        "per_device_train_batch_size": at_once,
        "gradient_accumulation_steps": settings.batch // at_once,
        "gradient_checkpointing": on_gpu,
        "learning_rate": settings.rate,
        "seed": settings.seed,
        "use_cpu": not on_gpu,
        "bf16": on_gpu,
        "dataloader_pin_memory": on_gpu,
        "model_init_kwargs": {"dtype": "bfloat16" if on_gpu and settings.lora else "float32"},
        "logging_steps": 1,
        "save_steps": settings.save_every,
        "save_total_limit": 2,
        "report_to": "trackio" if settings.trackio else "none",
        "project": settings.trackio or "memorygym",
        "run_name": settings.output.name,
        "disable_tqdm": True,
    }


def _lora(settings: TuningSettings) -> Any:
    if not settings.lora:
        return None
    return peft.LoraConfig(
        task_type="CAUSAL_LM",
        target_modules="all-linear",
        r=settings.lora,
        lora_alpha=2 * settings.lora,
    )


def _quantization(settings: TuningSettings) -> Any:
    if not settings.quantized:
        return None
    return transformers.BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )  # fmt: skip


def _tokenizer(settings: TuningSettings) -> Any:
    """The model's tokenizer. Raises BadSettings if there is no such model."""
    transformers.utils.logging.disable_progress_bar()
    try:
        config = transformers.AutoConfig.from_pretrained(settings.model).get_text_config()
        tokenizer = transformers.AutoTokenizer.from_pretrained(settings.model)
    except (OSError, ValueError, KeyError) as error:
        why = " ".join(str(error).split())[:200]
        raise settings.bad("model", f"no model can be loaded ({why})") from error
    if len(tokenizer) > config.vocab_size:
        why = f"the tokenizer has {len(tokenizer)} tokens, the model {config.vocab_size}"
        raise settings.bad("model", f"{why}: give a model with its own tokenizer")
    return tokenizer


def _rows(settings: SftSettings) -> Iterator[tuple[Segment, tuple[Tool, ...]]]:
    """The rows of the data. Raises BadSettings for a line that is none."""
    paths: Sequence[Path] = settings.data
    for path in paths:
        opener = gzip.open if path.suffix == ".gz" else open
        try:
            with opener(path, "rt", encoding="utf-8") as file:
                lines = file.readlines()
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise settings.bad("data", f"it cannot be read ({error})", path) from error
        for number, line in enumerate(lines, 1):
            try:
                if line.strip():
                    yield read_row(json.loads(line))
            except (ValueError, BadSettings) as error:
                raise settings.bad("data", f"line {number}: {error}", path) from error
