"""A network with other fields, block parameters and inputs: one row for each combination.

settings.py says what is set, and writes it into a spec's data; rows.py works a combination out;
front.py finds those that no other one beats; text.py and data.py print them.
"""
