"""What a command cannot do is refused in one line that names the value, the reason and the choices.

Nothing is played or written before.
"""

import json
import shlex
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.core.errors import BadSettings
from memorygym.memrm import settings as rm
from memorygym.reports.misses import MissFilter
from memorygym.runs import settings as play
from memorygym.training.settings import DataSettings, ProfileSettings
from tests.datasets import published, trajectory_files

NINES = "9" * 20
BASE = "--api-base http://127.0.0.1:9/v1"
BENCH = "bench --tier lite -t company -o run"
BM25 = "compare --memory bm25"
COMPARE = f"{BM25} --tier lite -t company"
REPLAY = "compare --trajectories"
DATA = "training data -o rows.jsonl"
POWER = "power --sd 14"
SHOW = "play --show --template company"
TOY = "generate --track toytrack -o x"
OF_BM25 = "company+0+strong+bm25"
REFUSED = [
    ("paly", "no command named 'paly'; did you mean play?"),
    ("play --templat=x", "no option named '--templat'; did you mean --template?"),
    ("compare --memry bm25", "no option named '--memry'; did you mean --memory?"),
    (f"{BM25} naive_rag", " bm25 naive_rag: separate by commas, as in --memory bm25,naive_rag"),
    # bench
    (f"{BENCH} --seed -3", "seed -3: seeds are counted from 0"),
    (f"{BENCH} --seed 1 --seeds 2", "--seed 1 and --seeds 2: give one of them"),
    (f"{BENCH} --repeats 3", "--repeats is for --model"),
    (f"{BENCH} --temperature 1", "--temperature is for --model"),
    (f"{BENCH} --fail-under 101", "--fail-under 101: a composite lies between 0 and 100"),
    (f"{BENCH} -o nowhere/results.json", "there is no folder nowhere"),
    (f"{BENCH} -o b", "--output run and b: give one of them"),
    ("bench -t company -o {link}", "link is a link to nowhere, which does not exist; make that"),
    (f"{BENCH} --against nowhere", "nowhere is not the folder of a run"),
    (f"{BENCH} --official", "leave --template out"),
    ("bench --official --salt abc", "a secret of 3 characters can be guessed"),
    (f"{BENCH} --seeds {NINES}", "endless episodes are too many"),
    (f"{BENCH} --seeds 1000001 --agent naive", "1,000,001 episodes are too many for a run"),
    (f"{BENCH} --seed {NINES}", "give at most 999,999,999"),
    (f"{BENCH} --entities 100000000", "100000000 entities: give at most 1,000,000"),
    (f"{BENCH} --model m {BASE} --repeats 1000000000000", "episodes are too many for a run"),
    (f"{BENCH} --model m --judge-prompt lenient", "--judge-prompt lenient is for --judge"),
    (f"{BENCH} --judge-prompt strict", "--judge-prompt is for --model"),
    (f"{BENCH} --agent os:system", "os:system: it is a function in C"),
    (f"{BENCH} --agent no.such:make", "no.such cannot be imported"),
    (f"{BENCH} --memory os:getcwd", "it makes an object of str, which has no `observe`"),
    (f"{BENCH} -t os:sep", "os:sep: that is a str, not a Template"),
    (f"{BENCH} -t ,", "template ',' names none, perhaps from an unset variable"),
    (f"{BENCH} --salt \udcff", "is no text in UTF-8"),
    (f"{BENCH} --seeds x", "--seeds x: give a whole number"),
    (f"{BENCH} --temperature hot", "--temperature hot: give a number"),
    (f"{BENCH} -t company,company", "the task company, seed 0, is named 2 times"),
    (f"{BENCH} --validate --agent naive", "leave --agent out"),
    (f"{BENCH} --model m --agent naive", "leave --validate and --agent out"),
    (f"{BENCH} --model opnai:m", "did you mean openai?"),
    (f"{BENCH} --model ''", "model '' has no name"),
    (f"{BENCH} --model {'é' * 60} {BASE}", "a shorter name"),
    # compare
    (f"{BM25}:topk=3", "no parameter of memory bm25 named 'topk'; did you mean top_k"),
    (f"{COMPARE} --memory-proxy here", "--memory-proxy 'here' is no URL of an endpoint"),
    (f"{COMPARE} --memory-proxy http://a:b@c/v1", "a key goes into OPENAI_API_KEY"),
    (f"{COMPARE} --memory-proxy http://c/v1", "--memory-proxy is for memories from outside"),
    (f"{COMPARE} --budget many", "--budget many: give whole numbers"),
    (f"{COMPARE} --memory no_such.mod:make", "no_such"),
    (f"{BM25} --track data", "it generates no tasks; give --data FORMAT:FILE"),
    (f"{BM25} --track research:hopps=2", "did you mean hops?"),
    (f"{BM25} --track research:tokens=many", "give a number such as"),
    (f"{BM25} --data nowhere", "no such folder"),
    (f"{BM25} --data hotpotqa:x:least=3", "choose from most"),
    (f"{BM25} --data x --track research", "give one of them"),
    (f"{BM25} --data hotpotqa:x --salt s", "the tasks of hotpotqa:x are finished"),
    (f"{BM25} --data hotpotqa:{{hotpotqa}} --reasoner weak", "named 'weak'; choose from strong"),
    (f"{BM25} --seeds 2 --trajectories x", "--seeds is for tasks; leave it out"),
    (f"{BM25} --track research --trajectories x", "--track is for tasks"),
    (f"{REPLAY} x --memory markdown", "an agent writes into it through tools"),
    (f"{REPLAY} x --memory oracle", "--memory oracle: a log does not say"),
    (f"{REPLAY} x --temperature 1", "--temperature is for a --memory-model"),
    (f"{REPLAY} x", "x: there is no such file or folder"),
    (f"{REPLAY} {{log}} -o {{stray}}", "is not empty and holds no trajectories.json; give a new"),
    ("compare", "name at least one memory"),
    # explain
    ("explain {played} --agent naiv", "did you mean naive?"),
    ("explain {played} --template city", "choose from company"),
    ("explain {played} --cause 'never writen'", "did you mean never written?"),
    ("explain {played} --question-type reasonin", "did you mean reasoning?"),
    ("explain {duel}s", "did you mean {duel}?"),
    ("explain {played} /", "/ is a folder, not an ID: explain one run at a time"),
    ("explain {duel} --memory bm52", "no memory named 'bm52'; did you mean bm25?"),
    ("explain {duel} company+0#1", "14 episodes are named 'company+0'"),
    ("explain {duel} company+0+strong+recensy+300#1", "did you mean company+0+strong+recency"),
    ("explain {duel} x", "choose from company+"),
    ("explain {stray} x", "choose from alone"),
    (f"explain {{duel}} {OF_BM25}+300#0", "counted from 1"),
    (f"explain {{duel}} {OF_BM25}+300#x", "is no ID"),
    (f"explain {{duel}} {OF_BM25}+300#11", "the episode has questions 1 to 10"),
    (f"explain {{duel}} {OF_BM25}+300 --entry 9999", "no entry named '9999'"),
    (f"explain {{duel}} {OF_BM25}+300#1 --entry 1", "leave #1 out"),
    ("explain {duel} --entry 1", "give the name of one, such as company+"),
    ("explain {duel} '#4'", "has 28 episodes: give the name of one"),
    ("explain {duel} company+9+strong+recency#1", "company was played with seeds 0 to 1"),
    ("explain {played} --play city+0+perfect", "no episode of "),
    ("explain {played} --play company+0+strategc", "did you mean company+0+strategic+0?"),
    ("explain {played} --play company+0", "2 episodes are named 'company+0'…: company+0+naive+0"),
    ("explain {played} --play", "has 4 episodes: give the name of one, such as company+0+"),
    ("explain {played} --play company+0+naive+1", "did you mean company+0+naive+0?"),
    (f"explain {{played}} --play company+{NINES * 250}", "no episode of "),
    ("explain {played} --play company+0+naive --cause stale", "--cause is for the list; leave it"),
    ("explain {played} --play company+0+naive --salt x", "leave --salt out"),
    ("explain {played} --play company+0+naive --again", "naive is scripted"),
    ("explain {duel} --play company+0+strong+bm52+300", f"did you mean {OF_BM25}+300?"),
    (f"explain {{duel}} --play {OF_BM25}", f"{OF_BM25}+300, {OF_BM25}+600; give"),
    ("explain {played} company+0+naive --again", "--again is for --play"),
    ("explain {private} company+0 --play", "private test set"),
    ("explain {private} company+0 --play --salt another", "private test set"),
    # diff, leaderboard, pack, status, score, list
    ("diff {played} {hard}", " differ: play both alike"),
    ("diff {played} {played} --agent naiv", "did you mean naive?"),
    ("diff {played} {duel}", "a comparison of memories and a run of agents measure different"),
    ("diff . .", ". is not the folder of a run"),
    ("leaderboard {played}/results.json", "is an export: give the folder of the run, or its pack"),
    ("leaderboard {played} -o /nowhere/x.md", "there is no folder /nowhere"),
    ("leaderboard {played} --salt another", "--salt is the secret of none of these runs"),
    ("pack {played} --quick", "--quick is for --check"),
    ("pack none", "none"),
    ("pack --check none", "none: No such file"),
    ("pack --check {hotpotqa}", "is no pack"),
    ("status .", "is not the folder of a run"),
    ("status {duel}/results.json", "is a file: give the folder of its run, {duel}"),
    ("resume .", "is not the folder of a run"),
    ("resume {private}", "--salt"),
    ("resume {private} --salt another", "is not the secret of the run"),
    ("resume {brackets}", "run.json is damaged"),
    ("score nowhere.jsonl", "nowhere.jsonl: No such file"),
    ("score .", "no traces in"),
    ("score --check", "no FILE given"),
    ("list memory --track research", "--track research is for `memorygym list agents`"),
    # play
    (f"{SHOW}x", "did you mean company?"),
    (f"{SHOW} --entities 0", "0 entities: a task needs at least 1"),
    (f"{SHOW} --tokens 10", "10"),
    (f"{SHOW} --questions 9999", "9999"),
    (f"{SHOW} --seed -1", "seed -1"),
    (f"{SHOW} --trace x.jsonl", "--trace is for an episode; --show plays none"),
    ("play --human --template company --memory markdwn", "did you mean markdown?"),
    ("play --agent naive --gold", "--gold is for --show"),
    ("play", "give one of --agent, --human, --browser and --show"),
    ("play --browser --template company", "the track worlds has no pages; give --human"),
    ("play --browser --track web --memory none", "--memory is for agents and --human"),
    ("play --human --track web:browser=firefox", "no browser named 'firefox'; choose from"),
    ("play --human --track web:screenshots=x", "give browser=chromium too"),
    # generate, verify
    ("generate --track toytrack", "no folder to write to: give -o DIR"),
    ("generate -o x", "no track: give --track TRACK, one of "),
    ("generate --track toytrak -o x", "no track that writes instances named 'toytrak'; did you"),
    ("generate --track toytrack -o {stray}", "is not empty and holds no instances; give a new or"),
    (f"{TOY} --seed -1", "seed -1: seeds are counted from 0"),
    (f"{TOY} --track toytrack:tokens=1x", "tokens '1x': give a number such as 20000, 20k or 1M"),
    (f"{TOY} --track toytrack:tokens=1k,0", "tokens 0: give at least 1"),
    (f"{TOY} --track toytrack:tokens=1k,1000", "tokens 1k,1000: 1k is given more than once"),
    (f"{TOY} --track toytrack:tokens=50", "tokens 50: give 100 to 10,000,000"),
    ("generate --track research:hps=2 -o x", "did you mean hops?"),
    ("generate --track research:hops=1 -o x", "hops 1: give 2 to 8"),
    (f"{BM25} --track research:hops=0", "hops 0: give 2 to 8"),
    (f"{TOY} --n 1000001", "--n 1000001: give at most 1,000,000"),
    ("verify x --template company", "--template is for generated tasks; DIR is checked as it is"),
    ("verify x --samples 3", "--samples is for --model; no model is asked"),
    ("verify --llm x", "--model is for DIR"),
    ("verify --write", "--write is for --version"),
    ("verify .", "is not a folder of instances: it has no manifest.json"),
    # datasets, grade
    ("datasets show hotpotqa none.json", "none.json: No such file"),
    ("datasets recall hotpotqa {hotpotqa} --k 0", "--k 0: give whole numbers from 1"),
    (f"datasets recall hotpotqa {{hotpotqa}} --k {NINES}", "whole numbers from 1 to 9,999,999"),
    ("datasets recall hotpotqa {hotpotqa} --k 3,50", "left out k = 3, 50"),
    ("datasets recall hotpotqa {hotpotqa} --unit page", "no unit page: choose from paragraph"),
    ("datasets recall hotpotqa {hotpotqa} --memory recency", "recency ranks no entries: choose"),
    ("grade nowhere.jsonl", "nowhere.jsonl: No such file"),
    ("grade /dev/null --judge-prompt strict", "--judge-prompt is for --judge; without it"),
    # training, power
    (f"{DATA} --format sharegtp", "no format named 'sharegtp'; did you mean sharegpt?"),
    (f"{DATA} --agent perfect", "the agent perfect knows the answers"),
    (f"{DATA} --track research --tier lite", "research named 'tier'"),
    (f"{DATA} --min-score 101", "--min-score 101: a score lies between 0 and 100"),
    (f"{DATA} -o nowhere/rows.jsonl", "nowhere/rows.jsonl: there is no folder nowhere"),
    ("training profile --agent naive --model m", "leave --agent out"),
    ("training profile --temperature 1", "--temperature is for --model"),
    (f"{POWER} --delta nan", "a difference of nan needs no tasks: give one above 0"),
    ("power", "give either RUN or --sd"),
    (f"{POWER} --delta 0.0001", "needs more than 1,000,000,000 tasks"),
    ("power --sd 0", "--sd 0: give points above 0"),
    (f"{POWER} --power 1", "power 1.0: give one from 0.5 to below 1"),
]


@pytest.fixture(scope="module")
def paths(finished: Path, duel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Runs and a file that the lines above name."""
    folder = tmp_path_factory.mktemp("paths")
    words = ["bench", "-q", "-t", "company", "--seeds", "1", "--agent", "naive", "-o"]
    assert main([*words, str(folder / "hard")]) == 0
    assert main([*words, str(folder / "private"), "--tier", "lite", "--salt", "a long secret"]) == 0
    hotpotqa = published.file_of("hotpotqa", folder)
    (folder / "stray").mkdir()
    log = folder / "stray/alone.jsonl"  # Not named as an episode is.
    log.write_text(json.dumps(trajectory_files.openai()))
    (folder / "run.json").write_text("[" * 100_000)
    (folder / "link").symlink_to("nowhere")
    made = {name: folder / name for name in ("hard", "private", "stray", "link")}
    runs = {"played": finished, "duel": duel, "brackets": folder}
    return {**made, **runs, "log": log, "hotpotqa": hotpotqa}


@pytest.mark.usefixtures("toytrack")
@pytest.mark.parametrize(("line", "said"), REFUSED)
def test_what_cannot_be_done_is_refused_in_one_line_before_anything_is_written(
    line: str, said: str, paths, command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = command(*(word.format_map(paths) for word in shlex.split(line)))
    assert (status, out, err.count("\n")) == (2, "", 1), err
    assert said.format_map(paths) in err and [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "cls",
    [
        *(play.BenchSettings, play.CompareSettings, play.GenerateSettings, play.VerifySettings),
        *(MissFilter, DataSettings, ProfileSettings, rm.TrainSettings),
    ],
)
def test_a_number_below_the_least_of_its_option_is_refused(cls: type[play.Settings]) -> None:
    least = {name: own.least for name, own in play.options(cls).items() if own.least is not None}
    assert least
    for name, number in least.items():
        with pytest.raises(BadSettings, match=f"--{name.replace('_', '-')} .*: give at least"):
            cls(**{name: number - 1})


@pytest.mark.parametrize("action", ["build", "train", "rows --split iid-heldout"])
def test_a_file_in_a_folder_that_does_not_exist_is_refused_at_once(
    action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rm", *action.split(), "-o", "nowhere/a.jsonl.gz"]) == 2
    assert "nowhere/a.jsonl.gz: there is no folder nowhere" in capsys.readouterr().err
