"""Sites, notices, the consent log, tombstones and accounts: small, transactional, followed by every process."""
