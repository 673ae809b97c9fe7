INSERT INTO next.loaded BY NAME SELECT * FROM loaded
