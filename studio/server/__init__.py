"""A local Partner API. Shares no model with the client, only the contract file."""
