"""The editor of one influencer: header, tabs and footer."""
