"""Benchmarks: each compares with a peer in the same run and prints ratios. Nothing here is asserted in a test."""
