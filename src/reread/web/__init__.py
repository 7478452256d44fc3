"""What the servers share: where they listen, whom they answer, how they say what is wrong, how they end."""
