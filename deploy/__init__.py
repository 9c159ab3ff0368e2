"""What puts the portal on a machine: the commands behind make, and production's files."""
