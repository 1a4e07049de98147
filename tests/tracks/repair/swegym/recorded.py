"""Small invented instances and trajectories in the shapes that the benchmarks and agents write."""

import json
import subprocess
from pathlib import Path
from typing import Any

Row = dict[str, Any]
BUGGY = "def larger(a, b):\n    return a if a < b else b\n"
PATCH = """\
diff --git a/maps.py b/maps.py
--- a/maps.py
+++ b/maps.py
@@ -1,2 +1,2 @@
 def larger(a, b):
-    return a if a < b else b
+    return a if a > b else b
"""


def bench(**changes: Any) -> Row:
    """An instance as SWE-bench publishes it: lists of tests are JSON texts."""
    return {
        "repo": "ann/maps", "instance_id": "ann__maps-12", "base_commit": "0" * 40,
        "patch": PATCH, "test_patch": PATCH, "problem_statement": "larger() returns the smaller.",
        "hints_text": "", "created_at": "2031-03-11", "version": "1.0",
        "FAIL_TO_PASS": '["t.py::a"]', "PASS_TO_PASS": '["t.py::b", "t.py::c"]',
        "environment_setup_commit": "0" * 40, **changes,
    }  # fmt: skip


def gym() -> Row:
    """An instance of SWE-Gym: lists are lists, and there is no commit of the set-up."""
    row = bench(FAIL_TO_PASS=["t.py::a"], PASS_TO_PASS=["t.py::b"])
    del row["environment_setup_commit"]
    return row


def smith() -> Row:
    """An instance of SWE-smith, whose patch makes the bug."""
    return {
        "instance_id": "ann__maps.0a1b2c3d.func_pm_op_swap__x1", "repo": "swesmith/ann__maps.0a1b",
        "patch": PATCH, "FAIL_TO_PASS": ["t.py::a"], "PASS_TO_PASS": ["t.py::b"],
        "image_name": "swesmith.x86_64.ann__maps.0a1b", "problem_statement": "",
    }  # fmt: skip


def mini(*steps: tuple[str, str], submission: str = PATCH) -> Row:
    """A trajectory of mini-swe-agent 2 with calls of its tool."""
    messages: list[Row] = [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": "larger() returns the smaller."},
    ]
    for number, (command, output) in enumerate(steps):
        function = {"name": "bash", "arguments": json.dumps({"command": command})}
        call = {"id": f"call_{number}", "type": "function", "function": function}
        actions = {"actions": [{"command": command, "tool_call_id": call["id"]}], "cost": 0.0}
        messages.append(
            {"role": "assistant", "content": "On.", "tool_calls": [call], "extra": actions}
        )
        content = f"<returncode>0</returncode>\n<output>\n{output}</output>"
        messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    end = {"exit_status": "Submitted", "submission": submission}
    messages.append({"role": "exit", "content": submission, "extra": end})
    info = {**end, "config": {"model": {"model_name": "org/m"}}, "mini_version": "2.4.0"}
    return {
        "info": info, "messages": messages, "trajectory_format": "mini-swe-agent-1.1",
        "instance_id": "ann__maps-12",
    }  # fmt: skip


def clone(folder: Path) -> Path:
    """A clone of the buggy repository."""
    folder.mkdir()
    (folder / "maps.py").write_text(BUGGY)
    about = ["-c", "user.name=ann", "-c", "user.email=ann@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*about, "commit", "-qm", "maps"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def write(path: Path, *rows: Row) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


if __name__ == "__main__":  # For docs/swe.md.
    steps = [("git log --oneline", "4f2a9c1 maps\n"), ("cat maps.py", BUGGY)]
    steps += [("git show 4f2a9c1", "commit 4f2a9c1\n")]
    write(Path("lite.jsonl"), bench())
    write(Path("ann__maps-12.traj.json"), mini(*steps))
    clone(Path("maps"))
