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


def _flush(typing_context: Any) -> Any:

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


def _restore(typing_context: Any, setting: Any) -> Any:

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if _X86:
            place = cgutils.alloca_once(builder, ir.IntType(32))
            builder.store(arguments[0], place)
            _control(builder, "ldmxcsr", place)
        return context.get_dummy_value()

    return types.void(types.uint32), generate


flush_denormals: Any = intrinsic(_flush)
"""flush_denormals() -> uint32: denormals become zero on this thread from here on;
returns the setting before. For compiled functions."""

restore_denormals: Any = intrinsic(_restore)
"""restore_denormals(setting): put this thread's setting back."""


def _control(builder: Any, name: str, place: Any) -> None:
    """Call the x86 intrinsic that reads or writes the control register."""
    kind = ir.FunctionType(ir.VoidType(), [place.type])
    function = cgutils.get_or_insert_function(
        builder.module, kind, f"llvm.x86.sse.{name}"
    )
    builder.call(function, [place])
