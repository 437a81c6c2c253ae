"""`pathshala queues`: what waits for each service."""
