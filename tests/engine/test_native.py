"""The compiled mixer keeps off the interpreter, and a damaged copy of it is made anew."""

from pathlib import Path

import pytest

from latentaudio.engine import native


def test_nothing_compiled_can_raise_allocate_or_call_the_interpreter(engine: object) -> None:
    code = native._cached(native.cache_path())
    assert code is not None and b"clock_gettime" in code
    for name in (b"PyErr", b"PyGIL", b"numba_gil", b"NRT_", b"malloc", b"pthread"):
        assert name not in code


@pytest.mark.parametrize("damage", [b"", b"torn", b"0" * 4096])
def test_a_damaged_copy_is_not_loaded(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "mixer.o"
    path.write_bytes(damage)
    assert native._cached(path) is None


def test_a_copy_that_was_kept_is_loaded(tmp_path: Path) -> None:
    native._keep(tmp_path / "mixer.o", b"code")
    assert native._cached(tmp_path / "mixer.o") == b"code"


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    native._keep(tmp_path / "missing" / "mixer.o", b"code")
