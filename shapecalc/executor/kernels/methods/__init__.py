"""Ways to convolve, one a file; all of them take the same arguments and give the same result."""
