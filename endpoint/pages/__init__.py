"""Pages and descriptions: what the atlas says of everything it names, for people and for programs."""
