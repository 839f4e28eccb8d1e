"""The project's workflows fit its clusters, and say what its cases say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from anticline.cluster.document import read_cluster
from anticline.component import Registry
from anticline.component.catalogue.known import catalogue
from anticline.workflow.check.whole import check_workflow
from anticline.workflow.document.reading import read_workflow
from anticline.workflow.tasks.expand import expand

CONFIGS = Path(__file__).parents[2] / "configs"
WORKFLOWS = sorted((CONFIGS / "workflows").glob("*.yaml"))
CLUSTERS = sorted((CONFIGS / "clusters").glob("*.yaml"))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the right length in the places of public data."""
    for name in ("marmousi2", "marmousi2-benchmark"):
        dataset, files = catalogue().select(name)
        for file in files:
            path = tmp_path / dataset.folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes(file.size_bytes or 0))
    monkeypatch.setenv("ANTICLINE_DATA", str(tmp_path))


def read(path: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe").load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda path: path.stem)
@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
@pytest.mark.usefixtures("data")
def test_a_workflow_of_the_project_fits_every_cluster_file(workflow, cluster):
    document, registry = read_workflow(workflow), Registry.discover()
    assert not check_workflow(document, registry, read_cluster(cluster))
    assert expand(document.workflow, registry)


@pytest.mark.parametrize("name", ["anticline_2d", "marmousi2"])
def test_a_survey_as_a_workflow_says_what_its_cases_say(name):
    steps = read(CONFIGS / "workflows" / f"{name}.yaml")["steps"].values()
    for path in sorted((CONFIGS / "cases" / name).glob("*.yaml")):
        case = read(path)
        wanted = case["parameters"].items()
        assert any(
            step["component"] == case["component"]
            and wanted <= step["parameters"].items()
            for step in steps
            if "parameters" in step
        ), path
