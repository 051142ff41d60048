"""How the functions of this folder are compiled: nothing that could raise, allocate, count references or touch
the interpreter.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

jit: Any = numba.njit  # its annotations do not know the options below

Function = TypeVar("Function", bound=Callable[..., Any])
Pointer = Any
Record = Any  # one element of an array of a layout.* type, passed by reference
Array = Any  # a view of memory that someone else owns

# Without numba's run-time (_nrt) nothing that allocates compiles. With the numpy error model a division by zero
# gives infinity; numba's other model raises, and raising takes the interpreter's lock.
OPTIONS = {"error_model": "numpy", "_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def inner(function: Function) -> Function:
    """A function that only compiled code calls."""
    compiled: Function = jit(**OPTIONS)(function)
    return compiled
