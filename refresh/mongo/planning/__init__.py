"""What the plan in a preview says, part by part: from describe calls and from what finished refreshes left."""
