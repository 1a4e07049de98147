"""What memories are built of: texts under keys, messages, pages, the past, and search over them."""
