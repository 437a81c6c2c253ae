"""A dictionary holds what events repeat, once, the most frequent last, and within zlib's reach."""

import pytest

from pathshala_common.store.sqlite.packing import DICTIONARIES
from tests.packing.__main__ import FOLDER, SIZE_MAX_BYTES, dictionary, main


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
