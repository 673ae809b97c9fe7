-- Those of which something is still there.
INSERT INTO next.tallied BY NAME SELECT DISTINCT site, visit FROM tallied SEMI JOIN event USING (site, visit)
