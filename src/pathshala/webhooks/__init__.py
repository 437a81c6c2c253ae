"""`pathshala webhooks`: what an operator does about webhooks."""
