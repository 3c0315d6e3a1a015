"""Persona Studio: a desktop studio for AI influencers on the Layers Partner API."""

from __future__ import annotations

__version__ = "0.1.0"
