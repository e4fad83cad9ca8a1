"""Reading releases: how the files of publishers are packed and laid out."""
