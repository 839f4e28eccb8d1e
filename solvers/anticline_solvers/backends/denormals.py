"""Denormal numbers become zero while a kernel runs.

Ahead of a wave front a finite-difference field decays through the smallest
numbers of its type. x86 processors take a hundred times longer for numbers
below the normal range, which would slow a survey several times; these
functions let them count as zero (flush to zero, denormals are zero). ARM
processors handle them at full speed: there both do nothing.
"""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_X86 = platform.machine().lower() in ("x86_64", "amd64")
_FLUSH_AND_ZERO = 0x8040


@intrinsic
def flush_denormals(typing_context: Any) -> Any:
    """Let denormals be zero on this thread; return the setting before (uint32)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if not _X86:
            return ir.Constant(ir.IntType(32), 0)
        place = cgutils.alloca_once(builder, ir.IntType(32))
        _control(builder, "stmxcsr", place)
        before = builder.load(place)
        flags = ir.Constant(ir.IntType(32), _FLUSH_AND_ZERO)
        builder.store(builder.or_(before, flags), place)
        _control(builder, "ldmxcsr", place)
        return before

    return types.uint32(), generate


@intrinsic
def restore_denormals(typing_context: Any, setting: Any) -> Any:
    """Put the setting of this thread back to what `flush_denormals` returned."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if _X86:
            place = cgutils.alloca_once(builder, ir.IntType(32))
            builder.store(arguments[0], place)
            _control(builder, "ldmxcsr", place)
        return context.get_dummy_value()

    return types.void(types.uint32), generate


def _control(builder: Any, name: str, place: Any) -> None:
    """Call the x86 intrinsic that reads or writes the control register."""
    kind = ir.FunctionType(ir.VoidType(), [place.type])
    function = cgutils.get_or_insert_function(
        builder.module, kind, f"llvm.x86.sse.{name}"
    )
    builder.call(function, [place])
