"""Reproducible national data at any size, loaded in bulk, consistent with every rule.

The same seed and sizes give the same people, structures and dates (relative to the day of the run).
"""
