"""Asks a server of `reread serve` what a `Model` is asked: `Client` and `AsyncClient`."""

from reread.client.clients import AsyncClient, Client

__all__ = ["AsyncClient", "Client"]
