"""Cages: processes in which queries run and may be killed, who may use one for how long, and how answers leave it."""
