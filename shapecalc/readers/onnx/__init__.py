"""ONNX files: bytes in, a spec out, whatever exporter and version wrote them.

wire.py reads protocol buffers in place, model.py what an ONNX file has in them, arguments.py gives
operators the same arguments whichever version they are of, integers.py computes the shapes that a
graph computes. Weights are never read, and no other file is opened.
"""
