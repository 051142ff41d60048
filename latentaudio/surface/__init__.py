"""Surfaces for other programs: what a performer's tablet, patch or browser shows of the instrument. Offline."""
