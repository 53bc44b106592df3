"""Volumes and snapshots: asked for once, found again by their tags, let go of and swept by them."""
