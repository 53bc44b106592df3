"""The rules file: read, checked as a whole, told what is wrong with it, turned into plain values."""
