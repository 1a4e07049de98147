"""What tracks share that ask about texts: environment, reasoners, ceiling and reader; no track."""
