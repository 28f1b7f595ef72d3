"""Forms of the subsidy file; they check what is typed, the verbs write."""
