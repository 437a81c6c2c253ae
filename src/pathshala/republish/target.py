"""The destination of events that are sent again: the exchange, which reaches every service, or one service's queue."""

from typing import Literal

from pathshala_common.contract.services import Service

Target = Literal["exchange", Service]
