"""Packs long events of the log: deflated, with the words that all of their kind repeat as a dictionary (decision 56).

An event is JSON, a packed one a stream of zlib, and no byte begins both. A stream names the dictionary that it needs by
that one's Adler-32 (RFC 1950).
"""

import zlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pathshala_common.contract.events import LessonEnriched, LessonGenerated, ProviderAnswered

DICTIONARIES = ("prompts_1.txt",)
"""Files in the folder `dictionaries`. The last one packs, each unpacks: none of them ever changes, or goes."""

PACKED = frozenset(event.__name__ for event in (LessonEnriched, LessonGenerated, ProviderAnswered))
"""The types that are packed: they are long, and read again for replays and rebuilds alone."""

PACKED_MIN_BYTES = 1_024
UNPACKED_MAX_BYTES = 16_777_216
"""A longer event is kept as it is, and a stream of more is no event: sixteen times what may come in today."""

LEVEL, MEMORY_LEVEL = 2, 7
"""A recording of 17.7 kB takes 2.5 kB at level 1, 2.2 kB at 2, in the same time, and 1.8 kB in three times that at 6.

With zlib's usual memory (level 8) a lesson's events take 0.30 ms where they take 0.14, for 1 % of the bytes.
"""

STREAM_BEGINS = b"x"
DICTIONARY_ID = slice(2, 6)


def packed(name: str, event: bytes) -> bytes:
    """Give the bytes to keep of an event of this type, made smaller if that pays. zlib lets other threads go on."""
    if name not in PACKED or not PACKED_MIN_BYTES <= len(event) < UNPACKED_MAX_BYTES:
        return event
    stream = _primed().copy()
    return stream.compress(event) + stream.flush()


def unpacked(kept: bytes) -> bytes:
    """Give an event's bytes back from what is kept of it. What cannot be unpacked stays as it is: not JSON."""
    dictionary = _dictionaries().get(kept[DICTIONARY_ID]) if kept.startswith(STREAM_BEGINS) else None
    if dictionary is None:
        return kept
    stream = zlib.decompressobj(zdict=dictionary)
    try:
        event = stream.decompress(kept, UNPACKED_MAX_BYTES)
    except zlib.error:
        return kept
    return event if stream.eof else kept


@cache
def _dictionaries() -> Mapping[bytes, bytes]:
    """The dictionaries by the ids that streams have of them, in their order."""
    folder = files(__package__).joinpath("dictionaries")
    read = [folder.joinpath(name).read_bytes() for name in DICTIONARIES]
    return {zlib.adler32(dictionary).to_bytes(4): dictionary for dictionary in read}


@cache
def _primed() -> "zlib._Compress":
    """A stream that has taken the last dictionary in: to copy it takes a sixth of what that took."""
    *_, dictionary = _dictionaries().values()
    return zlib.compressobj(LEVEL, memLevel=MEMORY_LEVEL, zdict=dictionary)
