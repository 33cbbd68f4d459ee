"""A file of another format is damaged, or of a version that is not known.

It begins as files of its format do, and then something is missing, cut off or not what it has to
be: the message says what and where, by line and column in a text, by the node's name in a binary
file. What could be read in front of it is reported.

Bad: a model.json that ends in the middle, a download that was broken off, a pointer of Git LFS in
the place of the file.

Good: the whole file, saved or downloaded again.
"""
