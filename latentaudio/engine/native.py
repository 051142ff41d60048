"""The compiled mixer, loaded: compiled once for each machine and version, then read from the user's cache
folder in milliseconds.

Numba's own cache would do, but costs the daemon half a second and 45 MB at each start, and does not see that a
function called by a cached one has changed. So the object code is kept under the hash of everything it was made
from, and llvmlite alone loads it.
"""

import ctypes
import functools
import hashlib
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from latentaudio.config import cache_folder
from latentaudio.files import atomic_path

_log = logging.getLogger(__name__)
_DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True)
class Native:
    """The compiled functions, see `mixer.entry`. Called from Python they keep the interpreter's lock,
    `callback` excepted: none takes a microsecond.
    """

    callback: Callable[..., int]
    callback_address: int
    initialise: Callable[..., int]
    push: Callable[..., int]
    pull: Callable[..., int]
    open_tap: Callable[..., int]
    close_tap: Callable[..., int]
    pull_tap: Callable[..., int]
    code: Any  # the machine code lives as long as this


@functools.cache
def load() -> Native:
    """The mixer for this machine; compiles it (about ten seconds) where the cache folder has none."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = _machine()
    code = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    if sys.platform == "win32":
        counter = ctypes.cast(ctypes.WinDLL("kernel32").QueryPerformanceCounter, ctypes.c_void_p)
        llvm.add_symbol("QueryPerformanceCounter", counter.value)
    code.add_object_file(llvm.ObjectFileRef.from_data(_object_code(machine)))
    code.finalize_object()
    return _functions(code)


def _machine() -> llvm.TargetMachine:
    target = llvm.Target.from_default_triple()
    cpu, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    return target.create_target_machine(cpu=cpu, features=features, opt=3, codemodel="jitdefault", jit=True)


def _object_code(machine: llvm.TargetMachine) -> bytes:
    try:
        return read_code(cache_path())
    except (OSError, ValueError):
        _log.info("compiling the mixer for this machine, once")
    from latentaudio.engine.mixer.build import build  # imports numba

    code = build(machine)
    try:
        write_code(cache_path(), code)
    except OSError as error:
        _log.warning("the compiled mixer cannot be kept for the next start: %s", error)
    return code


def read_code(path: Path) -> bytes:
    """What `write_code` wrote. Raises ValueError where it is not whole: LLVM would crash on it."""
    data = path.read_bytes()
    if data[:_DIGEST] != hashlib.sha256(data[_DIGEST:]).digest():
        raise ValueError(f"{path} is damaged")
    return data[_DIGEST:]


def write_code(path: Path, code: bytes) -> None:
    """Object code, after its hash."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(hashlib.sha256(code).digest() + code)


def cache_path() -> Path:
    """Where the object code for this machine and this version of the sources is kept."""
    here = Path(__file__).parent
    machine = f"{llvmlite.__version__} {llvm.get_default_triple()} {llvm.get_host_cpu_name()}"
    digest = hashlib.sha256(f"{machine} {llvm.get_host_cpu_features().flatten()}".encode())
    for source in (here / "layout.py", *sorted((here / "mixer").glob("*.py"))):
        digest.update(source.read_bytes())
    return cache_folder() / f"mixer-{digest.hexdigest()[:32]}.o"


def _functions(code: Any) -> Native:
    pointer, integer, ulong = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
    long, double = ctypes.c_int64, ctypes.c_double
    callback = code.get_function_address("callback")

    def function(name: str, result: Any, *arguments: Any) -> Any:
        return ctypes.PYFUNCTYPE(result, *arguments)(code.get_function_address(name))

    return Native(
        callback=ctypes.CFUNCTYPE(integer, pointer, pointer, ulong, pointer, ulong, pointer)(callback),
        callback_address=callback,
        initialise=function("initialise", integer, pointer),
        push=function("push", integer, pointer, pointer, double, long, long, long),
        pull=function("pull", long, pointer, pointer),
        open_tap=function("open_tap", long, pointer),
        close_tap=function("close_tap", integer, pointer),
        pull_tap=function("pull_tap", long, pointer, long),
        code=code,
    )
