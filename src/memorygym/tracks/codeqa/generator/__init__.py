"""Deals instances: writes packages, asks about them, and fills up to a length."""
