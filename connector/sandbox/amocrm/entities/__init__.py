"""What an account holds, each entity over the rows of the neutral company."""
