"""What a release is made of: the distribution, built twice and compared, notes, a bill of materials, image labels."""
