"""How good, why and how sure: statistics on finished answers, without torch and without files."""
