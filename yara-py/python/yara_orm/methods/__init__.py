"""What expressions can be asked, by the type of their values: a file for each."""
