"""Explanations of many texts: their faithfulness, the words that drive a class, similar texts, the gates of an LSTM."""
