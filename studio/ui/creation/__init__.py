"""The dialog that makes a new influencer."""
