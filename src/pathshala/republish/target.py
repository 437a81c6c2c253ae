"""Where events are sent again: to the exchange, which is everybody, or to the queue of one service."""

from typing import Literal

from pathshala_common.contract.services import Service

Target = Literal["exchange", Service]
