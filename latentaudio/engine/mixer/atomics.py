"""What numba lacks to work on memory: ordered load and store, and views of what lies at an address. Compiled.

A *cell* is an int64 array of one cache line (`layout.CELL`), so that two threads that write two cells never
share a line; its value is element 0. Acquire and release are what a single-producer ring needs, and cost
nothing on x86 and one instruction on ARM.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import extending, from_dtype, types
from numba.np import arrayobj

from latentaudio.engine.layout import STATE

STATE_TYPE: Any = from_dtype(STATE)

populate_array: Any = arrayobj.populate_array


def intrinsic(function: Callable[..., Any]) -> Any:
    """`numba.extending.intrinsic`, for callers that see what it makes."""
    return extending.intrinsic(function)


_WORD = ir.IntType(64)
_ALIGN = 8


def _value_pointer(context: Any, builder: Any, cell_type: Any, cell: Any) -> Any:
    return context.make_array(cell_type)(context, builder, cell).data


@intrinsic
def load_acquire(typingctx: Any, cell: Any) -> tuple[Any, Callable[..., Any]]:
    """The value of `cell`; whatever its writer stored before it is visible after this."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _value_pointer(context, builder, signature.args[0], arguments[0])
        return builder.load_atomic(pointer, ordering="acquire", align=_ALIGN, typ=_WORD)

    return types.int64(cell), generate


@intrinsic
def store_release(typingctx: Any, cell: Any, value: Any) -> tuple[Any, Callable[..., Any]]:
    """Set `cell` to `value`; whatever was stored before it is visible to who reads it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _value_pointer(context, builder, signature.args[0], arguments[0])
        builder.store_atomic(arguments[1], pointer, ordering="release", align=_ALIGN)
        return context.get_dummy_value()

    return types.void(cell, types.int64), generate


@intrinsic
def floats(typingctx: Any, address: Any, count: Any) -> tuple[Any, Callable[..., Any]]:
    """The `count` float32 that lie from `address` on, as an array that owns nothing. (`numba.carray` wants
    numba's run-time.)
    """
    array_type = types.Array(types.float32, 1, "C")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(array_type)(context, builder)
        data = builder.inttoptr(arguments[0], array.data.type)
        item = ir.Constant(context.get_value_type(types.intp), 4)
        populate_array(array, data, shape=[arguments[1]], strides=[item], itemsize=item, meminfo=None)
        return array._getvalue()

    return array_type(types.int64, types.int64), generate


@intrinsic
def state_at(typingctx: Any, address: Any) -> tuple[Any, Callable[..., Any]]:
    """The STATE that lies at `address`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(STATE_TYPE))

    return STATE_TYPE(types.int64), generate
