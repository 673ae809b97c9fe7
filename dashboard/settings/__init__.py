"""The pages about people, sites and access: what can be changed, and by whom."""
