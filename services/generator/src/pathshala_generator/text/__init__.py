"""How text is taken apart and measured, whatever is written in it: pure, and used by all that reads or checks."""
