"""The docs as a site: static pages with a search, built by `scripts/site`."""
