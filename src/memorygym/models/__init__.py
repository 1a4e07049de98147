"""Text generation behind one method."""
