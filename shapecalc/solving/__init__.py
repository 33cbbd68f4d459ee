"""Which sizes fit: networks traced with sizes that are no numbers.

Layer kinds do not know of it. Their own rule for the output is called with sizes that stand for
many numbers at once (size.py); what it asks of them is answered for all, or the numbers are split
into those for which it holds and the others (classes.py).
"""
