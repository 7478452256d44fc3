"""Many runs: what is found out by training more than one model."""
