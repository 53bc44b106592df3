"""What happens during a refresh: plain Python, no Pulumi. `components/` says what exists, this what is done."""
