"""The file cannot be read as YAML or JSON.

A spec is UTF-8 text (a byte order mark is allowed) in YAML 1.2 or JSON, with one document in it.
The message gives the line and the column at which the reading stopped. Nothing behind that place
is known, so this is the only finding of its file. The usual causes:

    a bracket or quote that is never closed
    a tab in the indentation: YAML wants spaces
    an accent saved as Latin-1: save the file as UTF-8
    a second document after `---`: write one network a file
    an alias `*small` without its anchor `&small`; to use a piece again, write a block
    a tag such as `!!python/tuple`: tags of other types are not read, and nothing is executed
    an empty file

Bad, since the list of layers is opened and never closed:

    input: 32x32x3
    layers: [{conv: {K: 10, F: 5}}

Good:

    input: 32x32x3
    layers: [{conv: {K: 10, F: 5}}]

Sources: YAML Ain't Markup Language, version 1.2.2; RFC 8259 for JSON.
"""
