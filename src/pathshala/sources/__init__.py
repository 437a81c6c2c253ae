"""`pathshala sources`: what became of the articles that lessons stand on."""
