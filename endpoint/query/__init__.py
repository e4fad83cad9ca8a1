"""SPARQL over HTTP: the protocol, the cages that queries run in, the turns that clients take, the answers kept."""
