"""Updates: releases found in folders or fetched from their publishers, and what is installed of them."""
