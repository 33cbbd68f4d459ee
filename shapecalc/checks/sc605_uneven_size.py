"""An image's size is no multiple of the network's strides, in front of a detector.

A detector of Darknet's answers for cells of the image, as wide as the product of the strides before
it: 32 pixels in YOLOv3. Where the width is no multiple of that, the last cell reaches past the
image. A network that joins an earlier map with one that was halved and doubled stops fitting: of
600 rows 75 are left, which become 38, and then 76.

Warned of, at the line of the size: "width 600 is no multiple of 32".

Good: width=608, or --input 608x608x3.
"""
