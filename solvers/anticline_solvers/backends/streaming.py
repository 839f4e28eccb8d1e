"""Stores that pass by the caches, for arrays that one sweep writes and does not read.

A plain store first reads its cache line from memory. For an array far larger than
the caches that is a third of its traffic; these stores leave it out.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LINE_BYTES = 64


def _stream(context: Any, target: Any, place: Any, source: Any, first: Any) -> Any:

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.get_value_type(target.dtype)
        line = ir.VectorType(kind, LINE_BYTES * 8 // target.dtype.bitwidth)

        def at(array: int) -> Any:
            proxy = cgutils.create_struct_proxy(signature.args[array])
            data = proxy(context, builder, arguments[array]).data
            start = builder.gep(data, [arguments[array + 1]])
            return builder.bitcast(start, line.as_pointer())

        value = builder.load(at(2), align=target.dtype.bitwidth // 8)
        store = builder.store(value, at(0), align=LINE_BYTES)
        once = builder.module.add_metadata([ir.Constant(ir.IntType(32), 1)])
        store.set_metadata("nontemporal", once)
        return context.get_dummy_value()

    return types.void(target, place, source, first), generate


def _settle(typing_context: Any) -> Any:

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), generate


stream: Any = intrinsic(_stream)
"""stream(target, place, source, first): copy 64 bytes of the flat array `source`, from
element `first` on, to element `place` of `target`, which must lie on 64 bytes."""

settle: Any = intrinsic(_settle)
"""settle(): what was streamed on this thread is seen by every thread afterwards."""
