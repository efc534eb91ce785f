"""What people and programs do: one function per use case, called by pages and API alike."""
