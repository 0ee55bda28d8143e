"""What a file means: source profiles read and checked, laid over a header, and found again by it."""
