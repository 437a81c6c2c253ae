"""The orders that everybody is given: of a thousand users, on a thousand topics, none of them with an article."""

import json
from itertools import product

THINGS = (
    "acorns", "bells", "candles", "dunes", "engines", "feathers", "gears", "hinges", "insects", "jars",
    "kites", "lenses", "mirrors", "needles", "orbits", "pulleys", "quarries", "ropes", "scales", "tiles",
)  # fmt: skip
PLACES = (
    "in spring", "in summer", "in autumn", "at dawn", "at noon", "at dusk", "near a lake", "near a well", "on a hill",
    "on a ship", "on a train", "in a village", "in a town", "in a workshop", "in a kitchen", "in a classroom",
    "in a museum", "in a field", "in an orchard", "in a valley", "by a river", "by a road", "by a harbour",
    "in stories", "in songs", "in paintings", "in letters", "in games", "for bakers", "for tailors", "for potters",
    "for miners", "for pilots", "for nurses", "for gardeners", "for carpenters", "for fishers", "for printers",
    "for beginners", "for grandparents", "under water", "under snow", "above clouds", "across borders", "before rain",
    "after rain", "with string", "with paper", "with stones", "with friends",
)  # fmt: skip
WARM_UP_TOPIC = "warm-up"
"""Every writer of the benchmark answers this topic at once."""


def _order(topic: str, user: str) -> bytes:
    order = {"subject": "english", "topic": topic, "user_id": user, "include_wikipedia": False}
    return json.dumps(order).encode()


ORDERS = tuple(
    _order(f"{thing} {place}", f"user-{number}") for number, (thing, place) in enumerate(product(THINGS, PLACES))
)
WARM_UP = _order(WARM_UP_TOPIC, "warm-up")
