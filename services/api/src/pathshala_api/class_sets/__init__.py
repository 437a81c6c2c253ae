"""Class sets: one order for many lessons, read row by row, ordered within ceilings, watched and packed as one."""
