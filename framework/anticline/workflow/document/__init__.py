"""Workflow documents: read with their lines, checked against a schema, written anew."""
