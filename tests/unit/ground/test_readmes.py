"""Who follows README and parallelcluster/README.md finds what they name."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer.main

from anticline import cli

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", ROOT / "parallelcluster" / "README.md"]
BLOCKS = re.compile(r"```bash\n(.*?)```", re.DOTALL)


def commands(page: Path) -> list[str]:
    """Commands of a page's blocks, continued lines joined."""
    text = page.read_text()
    indented = re.findall(r"^    (?:anticline|make) .*", text, re.MULTILINE)
    joined = "\n".join(BLOCKS.findall(text) + indented).replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_file_of_the_project_that_is_named_exists(page):
    text = page.read_text()
    folders = r"(?:configs|docs|jobscripts|parallelcluster|benchmarks|setup|tests)"
    named = set(re.findall(rf"(?<![\w./-])({folders}/[\w./-]*[\w/])", text))
    assert named
    for name in named:
        assert (ROOT / name).exists(), name
    scripts = set(re.findall(r"(?<![\w/])([a-z_]+\.sh)\b", text))
    scripts |= set(re.findall(r"/shared/anticline/bootstrap/(\w+\.sh)", text))
    for name in scripts - {"activate.sh", "submit.sh"}:
        known = [ROOT / "parallelcluster" / "bootstrap" / name, ROOT / "tests" / name]
        assert any(path.exists() for path in known), name


def test_every_file_of_parallelcluster_is_named_in_its_readme():
    page = PAGES[1]
    text = page.read_text()
    for path in page.parent.iterdir():
        assert f"`{path.name}" in text or path == page, path.name
    for path in (page.parent / "bootstrap").iterdir():
        if path.name in ("build_environment.sh", "stage_in.sh", "results_home.sh"):
            assert path.name in text


def test_every_verb_of_anticline_that_is_named_exists():
    group = typer.main.get_command(cli.build())
    called = [line for page in PAGES for line in commands(page)]
    called += [
        quoted
        for page in PAGES
        for quoted in re.findall(r"`(anticline [^`]+)`", page.read_text())
    ]
    found = [line.split()[1:3] for line in called if line.startswith("anticline ")]
    assert ["cluster", "validate"] in found
    assert ["doctor", "#"] in found
    for verb, *word in found:
        assert verb in group.commands, verb
        if verb == "cluster":
            assert word[0] in group.commands[verb].commands, word


def test_every_target_of_make_that_is_named_exists():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for page in PAGES:
        for name in re.findall(r"`make ([a-z-]+)", page.read_text()):
            assert name in targets, name


@pytest.mark.slow
def test_every_command_of_pcluster_that_is_named_exists(needs):
    pcluster = needs.aws_tool("pcluster")
    asked = subprocess.run([pcluster, "--help"], capture_output=True, text=True)
    named = re.findall(r"\bpcluster ([a-z]+-[a-z-]+|ssh)", PAGES[1].read_text())
    assert named
    for name in named:
        assert name in asked.stdout, name


def test_the_blocks_are_shell(tmp_path):
    for page in PAGES:
        for block in BLOCKS.findall(page.read_text()):
            script = tmp_path / "block.sh"
            script.write_text(block)
            done = subprocess.run(
                ["bash", "-n", script], capture_output=True, text=True
            )
            assert done.returncode == 0, (page, block, done.stderr)
