"""Everything that is compiled. Only `engine.native` imports it, and only when it has changed: a daemon's start
needs no numba.
"""
