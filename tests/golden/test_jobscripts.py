"""jobscripts/ is what is rendered today, and it does not depend on the place."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from anticline import operations

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "jobscripts"
FOLDERS = ("x86", "graviton", "gpu")


def told_to_make(folder: str) -> list[str]:
    """The queues that the Makefile's line for a folder names."""
    recipe = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    line = next(x for x in recipe.splitlines() if f"--out jobscripts/{folder} " in x)
    words = shlex.split(line)
    return [words[k + 1] for k, word in enumerate(words) if word == "--queue"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_scripts_of_a_queue_are_what_is_rendered(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    made = operations.render(
        ["configs/workflows/anticline_2d.yaml"],
        "configs/clusters/aws.yaml",
        tmp_path,
        queues=told_to_make(folder),
    )
    texts = {path.name: path.read_text() for path in made}
    kept = {path.name: path.read_text() for path in (FOLDER / folder).glob("*.sh")}
    assert kept == texts, "stale; make them anew: make jobscripts"


def test_every_option_is_explained_to_who_reads_the_scripts():
    page = (FOLDER / "README.md").read_text()
    for script in FOLDER.glob("*/*.sh"):
        for option in re.findall(r"^#SBATCH (--[a-z-]+)", script.read_text(), re.M):
            assert option in page, f"{option} of {script}"


def test_the_queues_are_those_of_the_folders():
    partitions = {
        folder: set(re.findall(r"^#SBATCH --partition=(\S+)", text, re.M))
        for folder in FOLDERS
        for text in ["\n".join(p.read_text() for p in (FOLDER / folder).glob("*.sh"))]
    }
    assert partitions == {
        "x86": {"x86"},
        "graviton": {"graviton"},
        "gpu": {"gpu", "x86"},
    }
