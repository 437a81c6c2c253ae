"""`pathshala open`: the console of a running house, in a browser.

Exit codes: 0 opened, 1 the house does not answer, or there is no browser, 2 an option is wrong.
"""

from pathshala.options import HouseAddress, JsonOption, example, sharing


@sharing(HouseAddress)
@example("pathshala open")
def open_console(address: HouseAddress, *, as_json: JsonOption = False) -> int:
    """Open the console of a running house in a browser, and print its address. Its key is asked for there."""
    from pathshala.console import action

    return action.open_console(address, as_json=as_json)
