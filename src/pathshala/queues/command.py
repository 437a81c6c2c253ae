"""`pathshala queues`: what waits for each service.

Exit codes: 0 shown, 1 the house or its broker does not answer, or the key is no operator's, 2 an option is wrong.
"""

from pathshala.options import HouseAddress, JsonOption, example, sharing


@sharing(HouseAddress)
@example("pathshala queues")
def queues(address: HouseAddress, *, as_json: JsonOption = False) -> int:
    """Count what waits for each service of a running house, and what none could handle."""
    from pathshala.queues import action

    return action.queues(address, as_json=as_json)
