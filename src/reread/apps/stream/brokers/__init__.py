"""The brokers: one file each, found by the scheme of its addresses."""

from reread.apps.stream.brokers.base import Broker, Delivery, Handle, Route, broker_at, brokers

__all__ = ["Broker", "Delivery", "Handle", "Route", "broker_at", "brokers"]
