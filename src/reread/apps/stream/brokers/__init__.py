"""The brokers: one file each, found by the scheme of its addresses."""

from reread.apps.stream.brokers.base import GROUP, Broker, Delivery, Handle, Route, broker_at, brokers

__all__ = ["GROUP", "Broker", "Delivery", "Handle", "Route", "broker_at", "brokers"]
