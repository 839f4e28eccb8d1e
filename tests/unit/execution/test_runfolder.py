from __future__ import annotations

from dataclasses import replace

import pytest

from anticline.errors import BadInput
from anticline.execution.driver.runfolder import RunFolder, open_folder, prepare


@pytest.fixture
def made(tmp_path) -> RunFolder:
    return RunFolder(
        path=tmp_path / "run",
        name="survey",
        workflow=tmp_path / "survey.yaml",
        cluster=tmp_path / "cluster.yaml",
        queues={"shots": ("x86", "gpu")},
    )


def test_a_folder_says_what_was_written(made):
    prepare(made)
    made.write("1.0", "the workflow", "the cluster")
    assert open_folder(made.path) == made
    assert (made.path / "workflow.yaml").read_text() == "the workflow"
    prepare(made)  # the same workflow's run goes on


def test_the_files_that_a_run_was_begun_from_are_used_while_they_are_there(made):
    prepare(made)
    made.write("1.0", "a copy", "a copy")
    assert made.workflow_file == made.path / "workflow.yaml"
    assert made.cluster_file == made.path / "cluster.yaml"
    made.workflow.write_text("edited")
    assert made.workflow_file == made.workflow
    assert replace(made, cluster=None).cluster_file is None


def test_another_workflow_is_refused(made):
    prepare(made)
    made.write("1.0", "", "")
    with pytest.raises(BadInput, match="a run of workflow 'survey'"):
        prepare(replace(made, name="other"))


def test_a_folder_of_other_files_is_refused(made):
    made.path.mkdir()
    (made.path / "thesis.tex").touch()
    with pytest.raises(BadInput, match="holds other files"):
        prepare(made)


def test_a_folder_whose_driver_was_killed_at_once_is_taken_up(made):
    made.path.mkdir()
    for name in ("driver.lock", "workflow.yaml", "run.json.part"):
        (made.path / name).touch()
    prepare(made)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "holds no run"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"format": "anticline-run/2"}', "is of format 'anticline-run/2'"),
        ('{"format": "anticline-run/1"}', "cannot be read: 'cluster'"),
    ],
)
def test_what_is_no_run_is_told(made, content, text):
    made.path.mkdir()
    if content is not None:
        (made.path / "run.json").write_text(content)
    with pytest.raises(BadInput, match=text):
        open_folder(made.path)
