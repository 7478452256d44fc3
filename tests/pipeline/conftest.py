from support.small_estimators import labels, prices, small, texts

__all__ = ["labels", "prices", "small", "texts"]  # fixtures
