"""What files of operators over tensors have in common: ONNX's, PyTorch's, TensorFlow Lite's.

Their graphs work on tensors with the batch among the axes, in an order of axes of their own, and
on arrays that are kept. Here they become layers on volumes without a batch, the depth last.

values.py tells what a tensor is, layouts.py which of its axes is the depth, network.py puts layers
into a spec. What an operator does stands in windows.py, dense.py, norms.py, arithmetic.py and
shapes.py: functions of a Network, a Node, tensors and plain numbers, whatever the format calls
them. Each returns the tensor that comes out; what no kind can hold becomes an operation.
"""
