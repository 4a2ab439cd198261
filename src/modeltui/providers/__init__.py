"""Sending test generations through declarative provider adapters."""
