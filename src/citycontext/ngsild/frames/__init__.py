"""Entities and their histories as tables: rows, data frames, Arrow, Parquet, HTML and plots.

The rows need nothing; each table needs the extra that its library comes with, and asks for it when it is made.
"""
