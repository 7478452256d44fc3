"""What tests share: small data, tiny models, the command line, and parts that are wrong on purpose."""
