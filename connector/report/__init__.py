"""What people read beside a plan: a client's dossier, a sheet for a dispute, figures of fairness."""
