"""Services of others: which a query may call, how it is written anew for that, and the forwarder that calls them."""
