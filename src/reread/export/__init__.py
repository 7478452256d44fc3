"""Export: a trained network as ONNX, checked against the original before it is used."""
