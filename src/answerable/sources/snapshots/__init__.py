"""A later export put onto the calls of earlier ones: what is new, changed, gone or undetermined."""
