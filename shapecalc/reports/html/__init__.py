"""Results as pages of HTML: one file each, which needs no network and no script.

Text of a file is put in by `markup.element` alone, which escapes it.
"""
