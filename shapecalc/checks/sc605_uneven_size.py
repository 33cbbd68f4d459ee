"""An image's size is no multiple of the network's strides, in front of a detector.

A detector of Darknet's answers for cells of the image, as wide as the product of the strides before
it: 32 pixels in YOLOv3. Where the width is no multiple of that, the last cell reaches past the
image, or a strip of the image is in no cell. A network that joins a map with an enlarged one needs
even multiples: 19 rows become 38, and do not join with the 37 or 38 that were halved to 19, unless
it happens to be 38.

Warned of, at the line of the size: "width 600 is no multiple of 32".

Good: width=608, or --input 608x608x3.
"""
