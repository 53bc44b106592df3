"""Who works on a refresh and what is done: lease and ledger, by conditional writes in the reports bucket."""
