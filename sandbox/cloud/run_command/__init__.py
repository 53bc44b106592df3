"""Run Command: documents whose scripts really run in the hosts."""
