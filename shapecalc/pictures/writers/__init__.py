"""Writers: a scene in, the text of a file out; one file each."""
