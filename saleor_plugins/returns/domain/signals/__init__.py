"""What looks unusual about a return: one signal a file, each a pure function."""
