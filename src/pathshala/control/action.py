"""Cancels tasks, and asks for failed ones anew: at the house, or in its store if no house is named."""

from pathshala.control import by_house, by_store
from pathshala.control.wanted import WantedTasks
from pathshala.options import HouseAddress
from pathshala.over_http import by_house_or_store


def cancel(address: HouseAddress, wanted: WantedTasks) -> int:
    """Cancel one task, or those that are wanted. Returns the exit code."""
    wanted.refuse_unclear()
    return by_house_or_store(address, lambda running: by_house.cancel(running, wanted), lambda: by_store.cancel(wanted))


def retry(address: HouseAddress, wanted: WantedTasks) -> int:
    """Retry one task, or those that are wanted. Returns the exit code."""
    wanted.refuse_unclear()
    return by_house_or_store(address, lambda running: by_house.retry(running, wanted), lambda: by_store.retry(wanted))
