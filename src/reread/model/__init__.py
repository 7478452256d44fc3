"""What answers: a network, the linear baseline, several together; and the model folder opened as one of them."""
