"""What happened to an influencer, and the gallery as of an earlier moment."""
