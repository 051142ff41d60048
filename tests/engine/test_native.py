"""The compiled mixer keeps off the interpreter, and is made anew where its copy is damaged or cannot be kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from latentaudio.engine import Engine, native


def test_nothing_compiled_can_raise_allocate_or_call_the_interpreter(engine: Engine) -> None:
    code = native.read_code(native.cache_path())
    assert b"clock_gettime" in code
    for name in (b"PyErr", b"PyGIL", b"numba_gil", b"NRT_", b"malloc", b"pthread"):
        assert name not in code


def test_a_copy_that_was_kept_is_read(tmp_path: Path) -> None:
    native.write_code(tmp_path / "mixer.o", b"code")
    assert native.read_code(tmp_path / "mixer.o") == b"code"


@pytest.mark.parametrize("damage", [b"", b"torn", b"0" * 4096])
def test_a_damaged_copy_is_not_loaded(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "mixer.o"
    path.write_bytes(damage)
    with pytest.raises(ValueError, match="damaged"):
        native.read_code(path)


def test_where_nothing_can_be_kept_it_is_compiled_each_time() -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": "/proc/nowhere"}
    code = "import sys; from latentaudio.engine import Engine; Engine(44100); assert 'numba' in sys.modules"
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert "cannot be kept" in told.stderr
