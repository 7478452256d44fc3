"""Explanations of many texts: are they true, what drives a class, what is a text like, how do gates move."""
