"""`byleave check`: a page of an owner's website, looked at through a real browser."""
