"""The bodies of requests and answers: JSON as the API describes it, so that what a later house adds is there too."""
