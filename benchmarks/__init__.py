"""How much the live gateway costs, beside the tutorial's way and a bare broadcast: `make bench`."""
