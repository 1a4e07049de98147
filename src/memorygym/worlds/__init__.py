"""Ten domains, one a file (schema and wording), and the dealer that they share (`dealing`)."""
