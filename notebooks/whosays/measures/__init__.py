"""Measures: tables in, tables or numbers out."""
