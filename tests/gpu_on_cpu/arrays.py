"""Arrays that stand for a device's memory: NumPy refuses them as CuPy's are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class DeviceArray(NDArrayOperatorsMixin):
    """Values in memory that only a device may touch; a copy comes by `get` alone.

    Arithmetic, slices and NumPy's functions on it give arrays of the device again.
    """

    def __init__(self, values: np.ndarray) -> None:
        self._values = values

    def get(self) -> np.ndarray:
        return self._values.copy()

    @property
    def shape(self) -> tuple[int, ...]:
        return self._values.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._values.dtype

    @property
    def size(self) -> int:
        return self._values.size

    @property
    def ndim(self) -> int:
        return self._values.ndim

    @property
    def nbytes(self) -> int:
        return self._values.nbytes

    @property
    def itemsize(self) -> int:
        return self._values.itemsize

    def __len__(self) -> int:
        return len(self._values)

    def __bool__(self) -> bool:
        return bool(self._values)

    def __getitem__(self, part: Any) -> DeviceArray:
        return DeviceArray(self._values[part])

    def __setitem__(self, part: Any, values: Any) -> None:
        self._values[part] = _inside(values)

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        msg = "an array of the device does not become a NumPy array by itself"
        raise TypeError(msg)

    def __array_ufunc__(
        self, function: Any, method: str, *inputs: Any, **options: Any
    ) -> Any:
        out = tuple(_inside(array) for array in options.pop("out", ()))
        if out:
            options["out"] = out
        values = getattr(function, method)(*map(_inside, inputs), **options)
        return DeviceArray(np.asarray(values))

    def __array_function__(
        self, function: Any, types: Any, inputs: Any, options: Any
    ) -> Any:
        values = function(*map(_inside, inputs), **options)
        return DeviceArray(np.asarray(values))

    def reshape(self, *shape: Any) -> DeviceArray:
        return DeviceArray(self._values.reshape(*shape))

    def copy(self) -> DeviceArray:
        return DeviceArray(self._values.copy())

    def max(self) -> DeviceArray:
        return DeviceArray(np.asarray(self._values.max()))

    def all(self) -> DeviceArray:
        return DeviceArray(np.asarray(self._values.all()))


def _inside(values: Any) -> Any:
    if isinstance(values, DeviceArray):
        return values._values
    if isinstance(values, np.ndarray) and values.ndim:
        msg = "a NumPy array does not become one of the device by itself"
        raise TypeError(msg)
    return values


def values_of(array: DeviceArray) -> np.ndarray:
    """What the device holds, not a copy."""
    return array._values
