"""The query editor of browsers: its bundle, what it completes, and pictures beside images."""
