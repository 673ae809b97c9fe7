"""What an owner looks at: every page is built on the server, and all of its state is in its address."""
