"""The roof of the house: demo accounts and sample data, made with the same verbs as everything else."""
