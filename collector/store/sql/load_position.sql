INSERT INTO loaded VALUES ($segment, $row)
