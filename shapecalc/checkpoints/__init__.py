"""Weight files: names, shapes and types of the tensors in them, never their values."""
