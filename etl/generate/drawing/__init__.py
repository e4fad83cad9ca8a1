"""Drawing of small believable sections of muscle, one by one, from numbers."""
