"""`pathshala republish`: logged events again, to the exchange or to one service."""
