"""The commands of bin/: set up what is missing, start the embedded services, run, leave nothing behind.

Two halves. `amorce` and `prerequis` run with any Python ≥ 3.11 and nothing installed: they build `.venv/` and
check the system libraries. `__main__` and the rest run inside `.venv/`: they start PostgreSQL and Redis from their
wheels and watch over every process (`processus`, `gardien`).

Nothing here belongs to the production path: there, the same settings take `DATABASE_URL` and `REDIS_URL`.
"""
