"""The Dockerfile, without Docker: linted, and its command run in a folder like its own."""

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.adapters.affinetes.server import ROOT, serving

pytestmark = pytest.mark.affinetes
DOCKERFILE = ROOT / "Dockerfile"


def test_the_linter_reports_no_problem() -> None:
    """Among its rules: versions are pinned, and the user that is left is not root."""
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [linter, "--no-color", DOCKERFILE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_its_command_serves_the_environment(tmp_path: Path) -> None:
    [command] = re.findall(r"^CMD (\[.*\])$", DOCKERFILE.read_text(), re.MULTILINE)
    with serving(tmp_path, json.loads(command)) as url, urlopen(f"{url}/methods") as response:
        methods = json.load(response)["methods"]
    assert "evaluate" in {method["name"] for method in methods}


def test_affinetes_puts_its_server_over_it() -> None:
    from affinetes.infrastructure.env_detector import EnvDetector, EnvType

    assert EnvDetector.detect(str(ROOT)).env_type == EnvType.FUNCTION_BASED
