"""The surroundings of a house, as the doctor looks at them: by its command, and from the house in one process."""
