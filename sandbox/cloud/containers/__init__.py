"""ECS: tasks that really run, in the place of moto's records."""
