"""What `benches/compare/run` is made of; `compare.py` puts it together."""
