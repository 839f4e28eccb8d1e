"""Whether MPI sends from device memory: the variable's word before the library's."""

from __future__ import annotations

import pytest

from anticline_solvers.domain import device_halo


@pytest.fixture(autouse=True)
def _asked_anew():
    device_halo.mpi_knows_devices.cache_clear()
    yield
    device_halo.mpi_knows_devices.cache_clear()


@pytest.mark.parametrize(("word", "answer"), [("yes", True), ("no", False)])
def test_the_variable_decides(word, answer, monkeypatch):
    monkeypatch.setenv(device_halo.VARIABLE, word)
    assert device_halo.mpi_knows_devices() is answer


def test_another_word_is_refused(monkeypatch):
    monkeypatch.setenv(device_halo.VARIABLE, "perhaps")
    with pytest.raises(ValueError, match="perhaps; say yes or no"):
        device_halo.mpi_knows_devices()


def test_the_library_is_asked_without_the_variable(monkeypatch):
    monkeypatch.delenv(device_halo.VARIABLE, raising=False)
    assert device_halo.mpi_knows_devices() in (True, False)
