"""From the functions of `entry` to one object file for this machine. Only `engine.native` calls it, when it has
none that fits.

Numba gives each function a convention of its own (result and exception by reference, status returned). A shim
with the C convention calls it; the status is ignored, as nothing here can raise.
"""

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types

from latentaudio.engine.mixer.compiled import OPTIONS, jit
from latentaudio.engine.mixer.entry import ENTRIES

_BYTE = ir.IntType(8).as_pointer()
_TYPES = {
    types.int32: ir.IntType(32),
    types.int64: ir.IntType(64),
    types.uint32: ir.IntType(32),
    types.uint64: ir.IntType(64),
    types.float64: ir.DoubleType(),
}


def build(machine: llvm.TargetMachine) -> bytes:
    """The object code of all entries, under their Python names."""
    program = llvm.parse_assembly("")
    program.triple = machine.triple
    for function, signature in ENTRIES.items():
        compiled = jit([signature], **OPTIONS)(function).overloads[signature.args]
        program.link_in(llvm.parse_assembly(compiled.library.get_llvm_str()))
        program.link_in(llvm.parse_assembly(str(_shim(function.__name__, signature, compiled.fndesc.llvm_func_name))))
    program.verify()
    return bytes(machine.emit_object(program))


def _shim(name: str, signature: Any, target: str) -> ir.Module:
    """A module with a C function `name` that calls numba's `target`."""
    module = ir.Module()
    result = _TYPES[signature.return_type]
    arguments = [_BYTE if isinstance(argument, types.Record) else _TYPES[argument] for argument in signature.args]
    convention = ir.FunctionType(ir.IntType(32), [result.as_pointer(), _BYTE.as_pointer(), *arguments])
    callee = ir.Function(module, convention, target)
    shim = ir.Function(module, ir.FunctionType(result, arguments), name)
    code = ir.IRBuilder(shim.append_basic_block())
    answer = code.alloca(result)
    code.call(callee, [answer, code.alloca(_BYTE), *shim.args])
    code.ret(code.load(answer))
    return module
