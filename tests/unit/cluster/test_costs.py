"""What a cluster and a workflow cost, and where the prices come from."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline import clouds
from anticline.cluster.aws import Budget
from anticline.cluster.costs.budget import spending
from anticline.cluster.costs.estimate import Work, cost, total
from anticline.cluster.costs.standing import standing
from anticline.cluster.costs.table import FILE, HOURS_PER_MONTH, known, read_table
from anticline.cluster.document import read_cluster
from anticline.errors import BadInput
from anticline.execution.batch.spending import core_hours
from aws import price_list

ROOT = Path(__file__).parents[3]
AWS = ROOT / "configs" / "clusters" / "aws.yaml"
WORKFLOW = ROOT / "configs" / "workflows" / "anticline_2d.yaml"
NAMES = ("c7a.48xlarge", "g6e.48xlarge", "hpc7a.96xlarge")
BUDGET = Budget(usd_per_month=100, email="a@b.c")

works = st.builds(
    Work,
    step=st.just("image"),
    queue=st.just("x86"),
    tasks=st.integers(1, 10_000),
    node_share=st.floats(0.01, 20),
    cores=st.integers(1, 2000),
    walltime_h=st.floats(0.01, 100),
    usd_per_hour=st.floats(0.01, 100),
    watts=st.floats(0, 10_000),
)


def test_every_price_and_every_watt_has_a_date_and_a_source():
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", known().date)
    assert known().source
    queues = read_cluster(AWS).queues.values()
    assert {queue.node.type for queue in queues} <= set(known().types)
    assert all(queue.node.watts > 0 for queue in queues)
    for prices in known().services.values():
        assert set(prices.model_dump(exclude_none=True)) <= set(known().sources)


def test_every_queue_has_a_price_and_a_bandwidth():
    for name, queue in read_cluster(AWS).queues.items():
        assert queue.node.price_usd_per_hour > 0, name
        assert queue.node.memory_gb_per_s > 0, name


def test_a_price_in_the_file_goes_before_the_table(tmp_path):
    text = AWS.read_text().replace(
        "memory_gib: 729", "memory_gib: 729\n      price_usd_per_hour: 5.5"
    )
    (tmp_path / "aws.yaml").write_text(text)
    assert read_cluster(tmp_path / "aws.yaml").queues[
        "x86"
    ].node.price_usd_per_hour == (5.5)
    assert read_cluster(AWS).queues["gpu"].node.price_usd_per_hour == (
        known().price("g6e.48xlarge", "us-east-2")
    )


def test_a_file_system_costs_its_size():
    aws = read_cluster(AWS).aws
    twice = aws.model_copy(
        update={"storage": aws.storage.model_copy(update={"capacity_gib": 4800})}
    )
    small, large = (
        total(i.usd_per_hour for i in standing(a, known()))[0] for a in (aws, twice)
    )
    price = known().services["us-east-2"].lustre_usd_per_gib_month[125]
    assert large - small == pytest.approx(2400 * price / HOURS_PER_MONTH)


def test_what_is_not_known_is_said_and_counts_nothing():
    aws = read_cluster(AWS).aws.model_copy(update={"region": "eu-west-1"})
    items = standing(aws, known())
    assert total(item.usd_per_hour for item in items) == (0, len(items))


@given(works, st.floats(1e-6, 1e3))
def test_a_cost_grows_with_tasks_and_not_with_their_number_of_cores(work, hours):
    made = cost(work, {"image": hours})
    twice = cost(Work(**{**vars(work), "tasks": 2 * work.tasks}), {"image": hours})
    assert twice.usd == pytest.approx(2 * made.usd)
    assert twice.most_usd == pytest.approx(2 * made.most_usd)
    wide = Work(
        **{**vars(work), "cores": 2 * work.cores, "node_share": 2 * work.node_share}
    )
    assert cost(wide, {"image": hours}).usd == pytest.approx(made.usd)


@given(works)
def test_a_step_that_never_ran_is_bounded_by_its_walltime_alone(work):
    made = cost(work, {})
    assert (made.usd, made.node_hours) == (None, None)
    held_h = work.tasks * work.node_share * work.walltime_h
    assert made.most_usd == pytest.approx(held_h * work.usd_per_hour)


def test_a_run_that_may_cost_more_than_the_budget_is_refused():
    work = Work("image", "gpu", 10, 1.0, 96, 2.0, 30.0, 3000.0)
    assert spending([cost(work, {"image": 96.0})], BUDGET).usd == 300
    assert spending([cost(work, {"image": 9.6})], BUDGET).refused is None  # 30 USD
    why = spending([cost(work, {})], BUDGET).refused
    assert "600 USD and its budget is 100; only bounded by its walltime: image" in why


def test_the_budget_is_checked_before_a_run_begins(tmp_path):
    cluster = tmp_path / "aws.yaml"
    text = AWS.read_text().replace("usd_per_run: 500", "usd_per_run: 0.5")
    cluster.write_text(text)
    with pytest.raises(BadInput, match=r"its budget is 0\.5") as caught:
        clouds.check_budget(WORKFLOW, cluster)
    (finding,) = caught.value.findings
    assert text.splitlines()[finding.line - 1].strip() == "usd_per_run: 0.5"
    run = tmp_path / "run"
    steps = ("model", "smooth", "survey", "reflectivity", "stack", "compare")
    for path in (*steps, "shots/000", "image/000", "image/001"):
        (run / "steps" / path).mkdir(parents=True)
        ended = {"kind": "done", "seconds": 3.6, "ranks": 1, "threads": 2}
        (run / "steps" / path / "ended.json").write_text(json.dumps(ended))
    assert core_hours(run)["image"] == pytest.approx(0.002)
    made = clouds.check_budget(WORKFLOW, cluster, measured=run)
    assert (made.bounded, made.unknown) == ((), ())
    assert 0 < made.usd < 0.5


@pytest.mark.slow
def test_the_table_is_made_anew_from_answers_of_aws(needs, tmp_path):
    table = tmp_path / "prices.yaml"
    shutil.copy(FILE, table)
    with price_list.serving() as address:
        done = subprocess.run(
            [
                needs.aws_tool("python"),
                ROOT / "tests" / "aws" / "prices_program.py",
                *(table, "2026-08-01", address, *NAMES),
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT / "framework")},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    old, new = known(), read_table(table)
    assert new.date == "2026-08-01"
    prices = [new.price(name, "us-east-2") for name in NAMES]
    assert prices == [11.0, 30.13118, None]
    assert new.price("c7a.48xlarge", "us-east-1") == old.price(
        "c7a.48xlarge", "us-east-1"
    )
    for name in NAMES:  # facts as they are here, from the same recording
        assert new.types[name].model_dump(exclude={"usd_per_hour"}) == (
            old.types[name].model_dump(exclude={"usd_per_hour"})
        )
    assert new.types["p5.48xlarge"] == old.types["p5.48xlarge"]
    assert table.read_text().splitlines()[0] == FILE.read_text().splitlines()[0]
    told = new.services["us-east-2"]
    assert told.lustre_usd_per_gib_month == {125: 0.15, 250: 0.22, 500: 0.35}
    assert told.database_usd_per_hour == {"db.t4g.medium": 0.066}
    single = told.model_dump(
        exclude={"lustre_usd_per_gib_month", "database_usd_per_hour"}
    )
    assert single == {
        "volume_usd_per_gib_month": 0.081,
        "nat_gateway_usd_per_hour": 0.046,
        "nat_gateway_usd_per_gib": 0.047,
        "public_address_usd_per_hour": 0.006,
        "load_balancer_usd_per_hour": 0.023,
        "database_storage_usd_per_gib_month": 0.115,  # no answer: as it was
        "object_usd_per_gib_month": 0.024,
        "egress_usd_per_gib": 0.091,
    }
    assert new.services["us-east-1"] == old.services["us-east-1"]
    kept = "database_storage_usd_per_gib_month"
    assert new.sources[kept] == old.sources[kept]
    others = {text for key, text in new.sources.items() if key != kept}
    assert others == {"AWS Price List, us-east-2, 2026-08-01"}
