"""The record: append, sequence, prove. What is entered can never be edited unseen; disk, clock and chance are ports."""
