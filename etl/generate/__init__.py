"""A synthetic atlas: records in the published proportions, and pictures drawn for them."""
