"""The vocabularies that the atlas links to, one a module, each with its addresses on top."""
