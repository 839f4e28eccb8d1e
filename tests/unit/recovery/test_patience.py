from __future__ import annotations

from anticline.recovery.patience import Drought


def test_a_queue_is_dry_when_tasks_have_waited_for_its_patience_without_a_block():
    drought = Drought(patience_s=60.0)
    assert not drought.observe(0.0, waiting=3, running_blocks=0)
    assert not drought.observe(59.0, waiting=3, running_blocks=0)
    assert drought.observe(60.0, waiting=3, running_blocks=0)
    assert drought.observe(600.0, waiting=1, running_blocks=0)


def test_a_block_that_runs_ends_a_drought():
    drought = Drought(patience_s=60.0)
    drought.observe(0.0, waiting=3, running_blocks=0)
    assert not drought.observe(70.0, waiting=3, running_blocks=1)
    assert not drought.observe(100.0, waiting=3, running_blocks=0)
    assert drought.observe(161.0, waiting=3, running_blocks=0)


def test_a_queue_that_nobody_waits_for_is_not_dry():
    drought = Drought(patience_s=60.0)
    drought.observe(0.0, waiting=1, running_blocks=0)
    assert not drought.observe(70.0, waiting=0, running_blocks=0)
