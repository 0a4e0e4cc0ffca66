"""Small cases of the claims, gone through completely, in exact arithmetic."""
