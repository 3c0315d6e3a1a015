"""Where two versions of an influencer are put together by a person."""
