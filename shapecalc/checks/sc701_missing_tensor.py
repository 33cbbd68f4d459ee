"""A weight file lacks parameters that the network keeps.

`--weights FILE` compares a network with a weight file, layer by layer: by name where half of the
layers have names that the file has (conv1.weight; PyTorch's and Keras' own, whatever wraps them
all), otherwise by order and shape. A layer without its parameters would keep the values it starts
with.

Bad: "net.pth has no weight [10, 84], bias [10] for dense3": the last layer was left out when the
file was written, or the network has a layer more.

Good: the weights of this network; or, where only a bias is missing, `bias: false`.
"""
