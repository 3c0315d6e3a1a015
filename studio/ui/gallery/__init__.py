"""The gallery: cards of one project, and what narrows them."""
