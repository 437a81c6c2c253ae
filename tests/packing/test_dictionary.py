"""A dictionary holds what events repeat, once, the most frequent last, and within zlib's reach."""

import hashlib

import pytest

from pathshala_common.store.sqlite.packing import DICTIONARIES
from tests.packing.__main__ import FOLDER, SIZE_MAX_BYTES, dictionary, main

SHA256 = {"prompts_1.txt": "79b2fb5a346a001e7c94aee67c4a27a47d5a810e4e249d19cea03aec1d81ed5e"}
"""A dictionary is as old as the oldest event that needs it: what stands here is never changed or taken out."""


def test_what_comes_again_behind_is_left_out() -> None:
    assert dictionary([rb"Rare.\\nShared.\\n", rb"Shared.\\nUsual.\\n"]) == rb"Rare.\\nShared.\\nUsual.\\n"


def test_what_zlib_cannot_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="leave out what is rarest"):
        dictionary([b"a" * (SIZE_MAX_BYTES + 1)])


def test_a_dictionary_that_is_there_is_never_written_over() -> None:
    with pytest.raises(FileExistsError):
        main(DICTIONARIES[0])


def test_the_shipped_ones_can_be_read() -> None:
    assert all((FOLDER / name).read_text(encoding="utf-8") for name in DICTIONARIES)


def test_a_dictionary_never_changes_and_never_goes() -> None:
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in FOLDER.iterdir()}

    assert found == SHA256
    assert set(DICTIONARIES) == set(SHA256)


def test_zlib_reaches_all_of_a_dictionary() -> None:
    assert all(file.stat().st_size <= SIZE_MAX_BYTES for file in FOLDER.iterdir())
