"""What a preset may be called, whoever asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentaudio.errors import PresetError
from latentaudio.names import checked_name, folded, number_of


@pytest.mark.parametrize("name", ["Deep", "012 Deep_Kick-2.1", "Größe", "深いキック", "किक", "a" * 64, "COMA", "null"])
def test_letters_of_any_script_make_a_name(name):
    assert checked_name(name) == name


@pytest.mark.parametrize(("name", "why"), [
    ("", "it is empty"), ("a" * 65, "longer than 64"), ("𐌰" * 64, "192 bytes"),
    ("../x", "not '/'"), ("a/b", "not '/'"), ("a\\b", r"not '\\\\'"), ("a\0b", r"not '\\x00'"), ("a\nb", r"not '\\n'"),
    ("a:b", "not ':'"), ("\ud800", r"not '\\ud800'"), ("a\u202eb", r"not '\\u202e'"),
    ("..", "a dot or a space"), (".hidden", "a dot or a space"), ("end.", "a dot or a space"), (" a", "a dot"),
    ("NUL", "a device"), ("con.yaml", "a device"), ("Lpt1", "a device"), ("com¹", "a device"),
])  # fmt: skip
def test_what_would_not_be_a_file_is_refused_with_the_reason(name, why):
    with pytest.raises(PresetError, match=why):
        checked_name(name)


def test_one_name_has_one_spelling():
    assert checked_name("Gro\u0308ße") == "Größe"


def test_names_that_differ_in_case_alone_are_one():
    assert folded("STRASSE") == folded("Straße") != folded("Gasse")


@pytest.mark.parametrize(("name", "number"), [("012 Deep", 12), ("7", 7), ("Deep 2", None), ("²", None)])
def test_a_name_may_begin_with_its_program_number(name, number):
    assert number_of(name) == number


@given(st.text())
def test_no_text_leaves_the_folder_or_breaks_the_check(tmp_path_factory, name):
    folder = tmp_path_factory.getbasetemp()
    try:
        path = folder / f"{checked_name(name)}.yaml"
    except PresetError as error:
        assert str(error).isprintable()
        return
    path.touch()
    assert path.resolve().parent == folder.resolve() and path.name in {each.name for each in folder.iterdir()}
