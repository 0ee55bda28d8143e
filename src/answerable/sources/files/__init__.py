"""What was given to be read, whatever its format, container and encoding, as tables of text rows."""
