"""Consent: notices, tokens, the hash-chained log, receipts, and the right to stop and be erased."""
