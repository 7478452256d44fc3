"""What a long run says before it begins to learn: how long it takes, and how much disk it needs."""
