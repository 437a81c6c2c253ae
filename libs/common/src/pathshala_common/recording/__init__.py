"""How the log grows: events are decided on, folded into their task, and logged once each, whoever records them."""
